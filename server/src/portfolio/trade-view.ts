import { amountText as amount } from '../platform/decimal.ts';
import { type Connection, pageOf, toConnection } from '../platform/graphql/connection.ts';
import { InputError } from '../platform/graphql/errors.ts';
import { trimDecimal } from '../market-data/market-data.resolver.ts';
import { finishedTrades, type JournalTrade, type TradeMarket } from './journal-trade.ts';
import type { TradeNoteRow } from './trade-note.entity.ts';
import { tripKey } from './trade-notes.ts';
import { ordered } from './trade-query.ts';
import { TradeJournalResult, TradeJournalType } from './trade-statistics.type.ts';
import { Trade, TradeNote } from './trade.type.ts';
import type { TradesArgs } from './trades.args.ts';

const DAY_MS = 86_400_000;

function toNote(row: TradeNoteRow): TradeNote {
  const [stopPrice, initialRisk] = [row.stopPrice, row.initialRisk].map((one) => one && trimDecimal(one));
  return Object.assign(new TradeNote(), { ...row, stopPrice, initialRisk });
}

/** A trade as the API tells it. */
export function toTrade(trade: JournalTrade, market: TradeMarket): Trade {
  const { trip, notes, initialRisk } = trade;
  const { openedMs, closedMs, exitPrice } = trip;
  return Object.assign(new Trade(), {
    ...trip,
    ...trade,
    accountId: trip.accountId || null,
    positionId: trip.accountId ? tripKey(trip) : trip.tripId,
    transactionId: trip.id,
    openedAt: new Date(openedMs),
    closedAt: closedMs === null ? null : new Date(closedMs),
    quantity: amount(trip.quantity),
    openQuantity: amount(trip.openQuantity),
    entryPrice: amount(trip.entryPrice),
    exitPrice: exitPrice && amount(exitPrice),
    fees: amount(trip.fees),
    profit: amount(trip.profit),
    holdingDays: closedMs === null ? null : (closedMs - openedMs) / DAY_MS,
    note: notes.own && toNote(notes.own),
    absorbedNotes: notes.absorbed.map(toNote),
    initialRisk: initialRisk && amount(initialRisk),
    trade,
    market,
  });
}

/** A page of trades in the order that was asked for. */
export async function toTradePage(
  trades: readonly JournalTrade[],
  { first, after, orderBy }: Pick<TradesArgs, 'first' | 'after' | 'orderBy'>,
  market: TradeMarket,
): Promise<Connection<Trade>> {
  const { offset, limit } = pageOf(first, after);
  const all = orderBy ? await ordered(trades, orderBy, market) : trades;
  const page = all.slice(offset, offset + limit);
  return toConnection(
    page.map((one) => toTrade(one, market)),
    offset,
    all.length,
  );
}

/** Statistics of the trades that are over as the API tells them, or what is wrong with the time zone. */
export function toJournal(
  trades: readonly JournalTrade[],
  currency: string,
  timeZone: string,
): typeof TradeJournalResult {
  if (!isTimeZone(timeZone))
    return Object.assign(new InputError(), {
      code: 'INVALID',
      message: `expected a time zone such as Europe/Berlin, was ${JSON.stringify(timeZone)}`,
      path: ['timeZone'],
    });
  const sorted = (names: readonly string[]) => [...new Set(names)].toSorted((a, b) => a.localeCompare(b));
  return Object.assign(new TradeJournalType(), {
    currency,
    timeZone,
    tags: sorted(trades.flatMap(({ tags }) => tags)),
    setups: sorted(trades.flatMap(({ setup }) => setup ?? [])),
    trades: finishedTrades(trades),
  });
}

function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}
