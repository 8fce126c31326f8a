import { allOf, orderOf } from '../platform/database/conditions.ts';
import type { PageQuery } from '../platform/database/pages.ts';
import type { Order } from '../platform/graphql/sort-direction.ts';

/** What portfolios can be ordered by. */
export const PORTFOLIO_SORT_FIELDS = {
  CREATED_AT: 'When it was made.',
  NAME: 'The name.',
  BASE_CURRENCY: 'What it is valued in.',
} as const;
export type PortfolioSortField = keyof typeof PORTFOLIO_SORT_FIELDS;

const ORDER_COLUMNS: Readonly<Record<PortfolioSortField, string>> = {
  CREATED_AT: 'p.created_at',
  NAME: 'lower(p.name)',
  BASE_CURRENCY: 'p.base_currency',
};

/** Which portfolios to list; every condition must hold. */
export interface PortfolioChoice {
  /** Part of the name. */
  readonly search?: string | null;
  readonly baseCurrency?: string | null;
  readonly isSample?: boolean | null;
}

/** A page of those portfolios with these ids, of all when null: the oldest first where no order is asked for. */
export function portfolioPage(
  { search, baseCurrency, isSample }: PortfolioChoice,
  ids: readonly string[] | null,
  offset: number,
  limit: number,
  order?: Order<PortfolioSortField> | null,
): PageQuery {
  const { text, values } = allOf([
    ['true'],
    ids && (ids.length > 0 ? [`p.id in (${ids.map(() => '?').join(', ')})`, ...ids] : ['false']),
    search?.trim() ? ['position(lower(?) in lower(p.name)) > 0', search.trim()] : null,
    baseCurrency ? ['p.base_currency = ?', baseCurrency] : null,
    typeof isSample === 'boolean' ? ['p.is_sample = ?', isSample] : null,
  ]);
  const { field, direction } = order ?? { field: 'CREATED_AT', direction: 'ASCENDING' };
  const orderBy = orderOf([ORDER_COLUMNS[field], 'p.id'], direction);
  return { select: 'select p.*', from: `from portfolio p where ${text}`, orderBy, values, offset, limit };
}
