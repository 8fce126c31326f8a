import type { InstrumentRow } from '../market-data/instrument.entity.ts';
import type { Decimal } from '../platform/decimal.ts';
import { pageOf } from '../platform/graphql/connection.ts';
import { inOrder } from './key-order.ts';
import type { PricedHolding } from './portfolio-state.ts';
import { marketValueOf, unrealisedOf } from './statement.ts';

/** A holding with what it is of. */
export interface NamedHolding {
  readonly holding: PricedHolding;
  readonly instrument: InstrumentRow;
}

/** Which holdings are meant; every condition must hold. */
export interface HoldingFilter {
  readonly search?: string | null;
  readonly assetClass?: string | null;
  readonly side?: 'LONG' | 'SHORT' | null;
  /** What is held where left out. */
  readonly state?: PositionState | null;
}
export type PositionState = 'OPEN' | 'CLOSED' | 'ALL';

/** What holdings can be ordered by, each with what it is. */
export const POSITION_SORT_FIELDS = {
  MARKET_VALUE: 'The magnitude of the market value.',
  SYMBOL: 'The symbol.',
  QUANTITY: 'Units, short ones below 0.',
  PRICE_AT: 'When the price was told.',
  UNREALISED_PROFIT: 'The open gain.',
  UNREALISED_FRACTION: 'The open gain over its cost.',
  REALISED_PROFIT: 'The gain of closed parts.',
} as const;
export type PositionSortField = keyof typeof POSITION_SORT_FIELDS;

const LARGEST_FIRST = { field: 'MARKET_VALUE', direction: 'DESCENDING' } as const;

/** Which page of which holdings, in which order. */
export interface HoldingsAsked {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly filter?: HoldingFilter | null;
  readonly orderBy?: {
    readonly field: PositionSortField;
    readonly direction: 'ASCENDING' | 'DESCENDING';
  } | null;
}

/** A page of the holdings that are asked for, where it begins, and how many there are over all pages. */
export function listPositions<Named extends NamedHolding>(
  all: readonly Named[],
  { first, after, filter, orderBy }: HoldingsAsked,
): { page: Named[]; offset: number; totalCount: number } {
  const { offset, limit } = pageOf(first ?? 1, after);
  const meant = all.filter((one) => isMeant(one, filter ?? {}));
  const { field, direction } = orderBy ?? LARGEST_FIRST;
  const ordered = inOrder(
    meant,
    direction,
    ({ holding, instrument }) => (field === 'SYMBOL' ? instrument.symbol : figureOf(holding, field)),
    ({ instrument }) => instrument.symbol,
  );
  return {
    page: ordered.slice(offset, first ? offset + limit : undefined),
    offset,
    totalCount: meant.length,
  };
}

/** Whether a filter keeps a holding. */
function isMeant({ holding, instrument }: NamedHolding, filter: HoldingFilter): boolean {
  const { state, side, assetClass } = filter;
  const search = filter.search?.trim().toLowerCase() ?? '';
  const { quantity } = holding;
  const isHeld = !quantity.isZero();
  if (state !== 'ALL' && isHeld !== (state !== 'CLOSED')) return false;
  if (side && !(side === 'LONG' ? quantity.greaterThan(0) : quantity.lessThan(0))) return false;
  if (assetClass && instrument.assetClass !== assetClass) return false;
  return [instrument.symbol, instrument.name].some((text) => text.toLowerCase().includes(search));
}

/** The figure of a holding to compare. */
function figureOf(holding: PricedHolding, field: Exclude<PositionSortField, 'SYMBOL'>): Decimal | number {
  switch (field) {
    case 'MARKET_VALUE':
      return marketValueOf(holding).abs();
    case 'QUANTITY':
      return holding.quantity;
    case 'PRICE_AT':
      return holding.priceAt?.getTime() ?? 0;
    case 'UNREALISED_PROFIT':
      return unrealisedOf(holding);
    case 'UNREALISED_FRACTION':
      return unrealisedOf(holding).div(holding.cost.abs());
    case 'REALISED_PROFIT':
      return holding.realisedProfit;
  }
}
