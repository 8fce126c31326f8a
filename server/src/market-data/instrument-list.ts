import { allOf, orderOf } from '../platform/database/conditions.ts';
import type { PageQuery } from '../platform/database/pages.ts';
import type { Order } from '../platform/graphql/sort-direction.ts';

/** What instruments can be ordered by. */
export const INSTRUMENT_SORT_FIELDS = {
  SYMBOL: 'The symbol.',
  NAME: 'The name.',
  ASSET_CLASS: 'The kind of thing.',
  CURRENCY: 'The currency of its prices.',
  NEWEST_BAR: 'When its newest bar closed; those without bars come last.',
} as const;
export type InstrumentSortField = keyof typeof INSTRUMENT_SORT_FIELDS;

const ORDER_COLUMNS: Readonly<Record<InstrumentSortField, string>> = {
  SYMBOL: 'i.symbol',
  NAME: 'lower(i.name)',
  ASSET_CLASS: 'i.asset_class',
  CURRENCY: 'i.currency',
  NEWEST_BAR: '(select max(d.to_ms) from data_set d where d.instrument_id = i.id and d.bar_count > 0)',
};

/** Which instruments to list; every condition must hold. */
export interface InstrumentChoice {
  /** Part of the symbol or the name. */
  readonly search?: string | null;
  readonly assetClass?: string | null;
  readonly isSynthetic?: boolean | null;
  readonly hasBars?: boolean | null;
}

const HAS_BARS = 'exists (select 1 from data_set d where d.instrument_id = i.id and d.bar_count > 0)';

/** A page of instruments: real ones first, by symbol, where no order is asked for. */
export function instrumentPage(
  { search, assetClass, isSynthetic, hasBars }: InstrumentChoice,
  offset: number,
  limit: number,
  order?: Order<InstrumentSortField> | null,
): PageQuery {
  const pattern = `%${search?.trim().replaceAll(/[%_\\]/g, '\\$&')}%`;
  const { text, values } = allOf([
    ['true'],
    search?.trim() ? ['(i.symbol ilike ? or i.name ilike ?)', pattern, pattern] : null,
    assetClass ? ['i.asset_class = ?', assetClass] : null,
    typeof isSynthetic === 'boolean' ? ['i.is_synthetic = ?', isSynthetic] : null,
    typeof hasBars === 'boolean' ? [hasBars ? HAS_BARS : `not ${HAS_BARS}`] : null,
  ]);
  const orderBy = order
    ? orderOf([ORDER_COLUMNS[order.field], 'i.symbol'], order.direction, { isNullable: true })
    : 'i.is_synthetic, i.symbol';
  return { select: 'select i.*', from: `from instrument i where ${text}`, orderBy, values, offset, limit };
}
