import { Breather } from '../platform/breather.ts';
import type { Excursions } from '../trade/excursions.ts';
import { inRisks, type JournalTrade, type TradeMarket } from './journal-trade.ts';

/** Which trades to list, and how; every condition must hold. */
export interface TradeQuery {
  readonly instrumentIds?: readonly string[];
  readonly accountId?: string | null;
  readonly side?: 'LONG' | 'SHORT' | null;
  readonly isOpen?: boolean | null;
  readonly outcome?: 'WIN' | 'LOSS' | 'BREAK_EVEN' | null;
  readonly tags?: readonly string[] | null;
  readonly setup?: string | null;
  readonly rating?: number | null;
  /** Closed, or while open opened, in this time. */
  readonly from?: Date | null;
  readonly to?: Date | null;
}

/** What trades can be ordered by. */
export const TRADE_SORT_FIELDS = {
  OPENED_AT: 'When it was opened.',
  CLOSED_AT: 'When it was closed.',
  SYMBOL: 'The symbol.',
  PROFIT: 'Profit.',
  RETURN: 'Return.',
  R_MULTIPLE: 'Profit over initial risk.',
  HOLDING_TIME: 'From opening to closing.',
  FEES: 'Fees.',
  MAE: 'Worst excursion (MAE), by its fraction of the entry price.',
  MFE: 'Best excursion (MFE), by its fraction of the entry price.',
  MAE_R: 'Worst excursion over the initial risk.',
  MFE_R: 'Best excursion over the initial risk.',
  RATING: 'The rating that was noted.',
} as const;
export type TradeSortField = keyof typeof TRADE_SORT_FIELDS;

/** How trades are ordered. */
export interface TradeOrdering {
  readonly field: TradeSortField;
  readonly direction: 'ASCENDING' | 'DESCENDING';
}

/** Whether a trade meets a query. An outcome is that of what was closed. */
export function meets(trade: JournalTrade, query: TradeQuery): boolean {
  const { instrumentIds, accountId, side, isOpen, outcome, tags, setup, rating, from, to } = query;
  const { trip } = trade;
  const timeMs = trip.closedMs ?? trip.openedMs;
  return (
    (!instrumentIds || instrumentIds.includes(trip.instrumentId)) &&
    (!accountId || trip.accountId === accountId) &&
    (!side || trip.side === side) &&
    (typeof isOpen !== 'boolean' || (trip.closedMs === null) === isOpen) &&
    (!outcome || (!trip.quantity.isZero() && outcome === outcomeOf(trip.profit.comparedTo(0)))) &&
    (!tags || tags.length === 0 || tags.some((tag) => trade.tags.includes(tag))) &&
    (!setup || trade.setup === setup) &&
    (!rating || trade.rating === rating) &&
    (!from || timeMs >= from.getTime()) &&
    (!to || timeMs <= to.getTime())
  );
}

function outcomeOf(sign: number): 'WIN' | 'LOSS' | 'BREAK_EVEN' {
  if (sign === 0) return 'BREAK_EVEN';
  return sign > 0 ? 'WIN' : 'LOSS';
}

/**
 * Trades in an order; what has no value comes last, equals stay as they were. The market is asked only where the order
 * is one of excursions.
 */
export async function ordered(
  trades: readonly JournalTrade[],
  { field, direction }: TradeOrdering,
  market: TradeMarket,
): Promise<JournalTrade[]> {
  const keys = isOfExcursions(field)
    ? await excursionKeys(trades, EXCURSION_KEYS[field], market)
    : trades.map(KEYS[field]);
  const sign = direction === 'ASCENDING' ? 1 : -1;
  return trades
    .map((trade, place) => ({ trade, key: keys[place] }))
    .toSorted(({ key: a }, { key: b }) => {
      if (a === null || b === null) return Number(a === null) - Number(b === null);
      return a < b ? -sign : a > b ? sign : 0;
    })
    .map(({ trade }) => trade);
}

type Key<Source extends unknown[]> = (...of: Source) => number | string | null;
type ExcursionField = 'MAE' | 'MFE' | 'MAE_R' | 'MFE_R';

const KEYS: Record<Exclude<TradeSortField, ExcursionField>, Key<[JournalTrade]>> = {
  OPENED_AT: ({ trip }) => trip.openedMs,
  CLOSED_AT: ({ trip }) => trip.closedMs,
  SYMBOL: ({ symbol }) => symbol,
  PROFIT: ({ trip }) => trip.profit.toNumber(),
  RETURN: ({ trip }) => trip.returnFraction,
  R_MULTIPLE: ({ rMultiple }) => rMultiple,
  HOLDING_TIME: ({ trip }) => trip.closedMs && trip.closedMs - trip.openedMs,
  FEES: ({ trip }) => trip.fees.toNumber(),
  RATING: ({ rating }) => rating,
};

const EXCURSION_KEYS: Record<ExcursionField, Key<[JournalTrade, Excursions]>> = {
  MAE: (_, { mae }) => mae,
  MFE: (_, { mfe }) => mfe,
  MAE_R: (trade, { mae }) => inRisks(trade, mae),
  MFE_R: (trade, { mfe }) => inRisks(trade, mfe),
};

const isOfExcursions = (field: TradeSortField): field is ExcursionField => field in EXCURSION_KEYS;

// So many ask for their bars together; those of one instrument are read once.
const TRADES_AT_ONCE = 100;

async function excursionKeys(
  trades: readonly JournalTrade[],
  keyOf: (typeof EXCURSION_KEYS)[ExcursionField],
  market: TradeMarket,
): Promise<(number | string | null)[]> {
  const breather = new Breather();
  const keys: (number | string | null)[] = [];
  for (let from = 0; from < trades.length; from += TRADES_AT_ONCE) {
    const some = trades.slice(from, from + TRADES_AT_ONCE);
    const found = await Promise.all(some.map((trade) => market.excursions(trade)));
    keys.push(...some.map((trade, place) => found[place] && keyOf(trade, found[place])));
    await breather.breathe();
  }
  return keys;
}
