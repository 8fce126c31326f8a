import type { InstrumentRow } from '../market-data/instrument.entity.ts';
import type { Decimal } from '../platform/decimal.ts';
import { pageOf } from '../platform/graphql/connection.ts';
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
  const page = ordered(meant, field, direction).slice(offset, first ? offset + limit : undefined);
  return { page, offset, totalCount: meant.length };
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

/** The holdings in an order; those without the figure come last, and equals by their symbols. */
function ordered<Named extends NamedHolding>(
  list: readonly Named[],
  field: PositionSortField,
  direction: 'ASCENDING' | 'DESCENDING',
): Named[] {
  const sign = direction === 'ASCENDING' ? 1 : -1;
  const keyed = list.map((one) => ({ one, key: keyOf(one, field) }));
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
    return compared(a.key, b.key) * sign || compared(a.one.instrument.symbol, b.one.instrument.symbol);
  });
  return keyed.map(({ one }) => one);
}

type Key = Decimal | number | string;

function compared(a: Key, b: Key): number {
  if (typeof a === 'object') return a.cmp(b as Decimal);
  return a < b ? -1 : Number(a > b);
}

function keyOf({ holding, instrument }: NamedHolding, field: PositionSortField): Key | null {
  const key = figureOf(holding, field) ?? instrument.symbol;
  return typeof key === 'object' && key.isNaN() ? null : key;
}

/** The figure of a holding to compare; null for its symbol. */
function figureOf(holding: PricedHolding, field: PositionSortField): Decimal | number | null {
  switch (field) {
    case 'MARKET_VALUE':
      return marketValueOf(holding).abs();
    case 'SYMBOL':
      return null;
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
