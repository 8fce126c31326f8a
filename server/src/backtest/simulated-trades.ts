import { leavesAll } from '@ai-trading/compute';
import type { InstrumentRow } from '../market-data/instrument.entity.ts';
import type { Timeframe } from '../market-data/timeframe.ts';
import { Breather } from '../platform/breather.ts';
import { Decimal, ZERO } from '../platform/decimal.ts';
import {
  type Grouping,
  type JournalTrade,
  rMultipleOf,
  type TradeMarket,
} from '../portfolio/journal-trade.ts';
import type { RunRow } from '../run/run.entity.ts';
import { excursionsOf, type RangeBars } from '../trade/excursions.ts';
import { type LotEvent, runLots } from '../trade/lots.ts';
import { flatToFlat, perClosing, perLot, type RoundTrip } from '../trade/round-trips.ts';
import { summaryOf, symbolAt } from './views.ts';

type Columns = Readonly<Record<string, Float64Array>>;

const FILLS_AT_ONCE = 500;
const TRIPS = { FLAT_TO_FLAT: flatToFlat, PER_LOT: perLot, PER_CLOSING: perClosing };

/**
 * The trades of a run: round trips of a ledger whose transactions are the fills, by their index, over the oldest
 * lots first. Those that were entered first come first; per closing, those that were left first.
 */
export async function simulatedTrades(
  row: RunRow,
  fills: Columns,
  grouping: Grouping,
): Promise<JournalTrade[]> {
  const breather = new Breather();
  const trades: JournalTrade[] = [];
  let fillCount = 0;
  for (const position of positionsOf(row, fills)) {
    const trips = TRIPS[grouping](runLots(position, 'FIFO'));
    trades.push(...trips.map((trip) => simulatedTrade(row, fills, trip, grouping)));
    // Short runs go without a pause: what is asked of many of them is then asked together.
    fillCount += position.length;
    if (fillCount > FILLS_AT_ONCE) await breather.breathe();
  }
  return trades.toSorted((a, b) => Number(a.id) - Number(b.id));
}

function simulatedTrade(row: RunRow, fills: Columns, trip: RoundTrip, grouping: Grouping): JournalTrade {
  const { barCount = 0, fillReasons = [] } = summaryOf(row);
  const { closings, lots } = trip.parts;
  const opened = [
    ...closings.map(({ lotId, quantity }) => ({ fill: Number(lotId), quantity })),
    ...lots.map(({ id, quantity }) => ({ fill: Number(id), quantity })),
  ];
  const exits = [...new Set(closings.map(({ closingId }) => Number(closingId)))];
  // A whole position risks what its first entry risks for each of its units; a lot what it risks itself.
  const stopOf = (fill: number) =>
    fills.stop?.[grouping === 'FLAT_TO_FLAT' ? Number(trip.tripId) : fill] ?? NaN;
  const risk = opened.reduce((total, { fill, quantity }) => {
    const distance = new Decimal(fills.price[fill]).minus(new Decimal(stopOf(fill)));
    return total.plus(quantity.times(trip.side === 'LONG' ? distance : distance.negated()));
  }, ZERO);
  const initialRisk = risk.greaterThan(0) ? risk : null;
  const [entry, exit] = [Math.min(...opened.map(({ fill }) => fill)), exits[exits.length - 1]];
  const lastBar = trip.closedMs === null ? barCount - 1 : fills.barIndex[exit];
  // Runs of before tell nothing of closes.
  const isAtClose = (fill: number) => fills.isAtClose?.[fill] === 1;
  const reasons = exits.map((fill) => fillReasons[fill] ?? '').filter((reason) => reason !== '');
  return {
    id: trip.id,
    trip,
    symbol: trip.instrumentId,
    tags: [...new Set(reasons)],
    setup: ruleOf(fillReasons[opened[0].fill] ?? ''),
    rating: null,
    notes: { own: null, absorbed: [] },
    initialRisk,
    rMultiple: rMultipleOf(trip, initialRisk),
    barsHeld: lastBar - fills.barIndex[entry],
    endBars: { opening: !isAtClose(entry), closing: trip.closedMs !== null && isAtClose(exit) },
  };
}

/** The name of the rule in why something was filled; null where it has none. */
function ruleOf(reason: string): string | null {
  const at = reason.indexOf(': ');
  return at < 0 ? null : reason.slice(at + 2);
}

/** Bars that a run traded, as far as its trades need them. */
export interface TradedBars extends RangeBars {
  readonly close: Float64Array;
}

/** The market of a run: the bars that it traded, which are read once and only when they are asked for. */
export function simulatedMarket(
  timeframe: Timeframe,
  readBars: () => Promise<ReadonlyMap<string, TradedBars>>,
  findInstrument: (symbol: string) => Promise<InstrumentRow | null>,
): TradeMarket {
  let bars: ReturnType<typeof readBars> | null = null;
  const barsOf = async (symbol: string) => (await (bars ??= readBars())).get(symbol);
  return {
    instrument: ({ symbol }) => findInstrument(symbol),
    async excursions({ trip, symbol, endBars }) {
      const own = await barsOf(symbol);
      const found = own && excursionsOf(trip, own, endBars);
      return found ? { ...found, timeframe } : null;
    },
    async price(symbol) {
      const close = (await barsOf(symbol))?.close.at(-1);
      return close === undefined ? null : new Decimal(close);
    },
  };
}

/** The fills of each position until it is flat; what leaves all of an instrument, whatever doubles add up to, does so in decimals. */
function* positionsOf(row: RunRow, fills: Columns): Generator<LotEvent[]> {
  const { fillReasons = [] } = summaryOf(row);
  const held = new Map<string, { units: number; exact: Decimal; events: LotEvent[] }>();
  for (const [index, side] of (fills.side ?? []).entries()) {
    const instrumentId = symbolAt(row, fills, index);
    const before = held.get(instrumentId) ?? { units: 0, exact: ZERO, events: [] };
    const units = before.units + side * fills.quantity[index];
    const isFlat = units === 0 || (fillReasons.length > 0 && leavesAll(fillReasons[index]));
    const quantity = isFlat ? before.exact.negated() : new Decimal(side * fills.quantity[index]);
    before.events.push({
      kind: 'TRADE',
      id: String(index),
      accountId: '',
      instrumentId,
      timeMs: fills.timesMs[index],
      quantity,
      price: new Decimal(fills.price[index]),
      fee: new Decimal(fills.fee[index]),
    });
    held.set(instrumentId, { units, exact: before.exact.plus(quantity), events: before.events });
    if (!isFlat) continue;
    held.delete(instrumentId);
    yield before.events;
  }
  for (const { events } of held.values()) yield events;
}
