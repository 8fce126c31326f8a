import { Decimal, ZERO } from '../platform/decimal.ts';
import type { RunRow } from '../run/run.entity.ts';
import { type LotEvent, runLots } from '../trade/lots.ts';
import { perClosing, perLot, type RoundTrip } from '../trade/round-trips.ts';
import type { FinishedTrade } from '../trade/trade-statistics.ts';
import type { SimulatedTradeOrder } from './backtest.input.ts';
import type { SimulatedTrade } from './simulated-trade.type.ts';
import { summaryOf, symbolAt } from './views.ts';

type Columns = Readonly<Record<string, Float64Array>>;

/** What one trade of a backtest is; the same as for the trades of a portfolio. */
export type SimulatedGrouping = 'FLAT_TO_FLAT' | 'PER_LOT' | 'PER_CLOSING';

/** The columns that a run stored. */
export interface SimulatedColumns {
  readonly trades: Columns;
  readonly fills: Columns;
}

/** Why something was filled: the reason, and the name of the rule where it has one. */
function partsOf(reason: string): { readonly why: string; readonly rule: string | null } {
  const at = reason.indexOf(': ');
  return at < 0 ? { why: reason, rule: null } : { why: reason.slice(0, at), rule: reason.slice(at + 2) };
}

/** The trades of a run, those that were entered first come first; per closing, those that were left first. */
export function simulatedTrades(
  row: RunRow,
  { trades, fills }: SimulatedColumns,
  grouping: SimulatedGrouping,
): SimulatedTrade[] {
  if (grouping === 'FLAT_TO_FLAT') return wholeTrades(row, trades, fills);
  const lots = runLots(eventsOf(row, fills), 'FIFO');
  const trips = grouping === 'PER_LOT' ? perLot(lots) : perClosing(lots);
  return trips.map((trip, index) => lotTrade(row, fills, trip, index));
}

/** Trades in an order; equals stay as they are, and those without the value come last. */
export function ordered(trades: readonly SimulatedTrade[], order?: SimulatedTradeOrder): SimulatedTrade[] {
  if (!order) return [...trades];
  const keyOf = {
    ENTRY_AT: (one: SimulatedTrade) => one.entryAt.getTime(),
    PROFIT: (one: SimulatedTrade) => one.profit,
    RETURN: (one: SimulatedTrade) => one.returnFraction,
    BARS_HELD: (one: SimulatedTrade) => one.barsHeld,
    R_MULTIPLE: (one: SimulatedTrade) => one.rMultiple,
  }[order.field];
  const sign = order.direction === 'DESCENDING' ? -1 : 1;
  const [told, untold] = [true, false].map((isTold) =>
    trades.filter((one) => (keyOf(one) !== null) === isTold),
  );
  return [...told.toSorted((a, b) => sign * (keyOf(a)! - keyOf(b)!) || a.index - b.index), ...untold];
}

/** The trades of a list that are over, as their statistics need them. */
export function finishedTrades(trades: readonly SimulatedTrade[]): FinishedTrade[] {
  return trades.flatMap((one) =>
    one.exitAt === null
      ? []
      : [
          {
            symbol: one.symbol,
            side: one.direction,
            openedMs: one.entryAt.getTime(),
            closedMs: one.exitAt.getTime(),
            profit: one.profit,
            fees: one.fees,
            returnFraction: one.returnFraction,
            rMultiple: one.rMultiple,
            tags: one.tags,
            setup: one.setup,
            rating: null,
          },
        ],
  );
}

function wholeTrades(row: RunRow, trades: Columns, fills: Columns): SimulatedTrade[] {
  const { barCount = 0 } = summaryOf(row);
  const fillsOf = fillsOfTrades(trades, fills);
  return Array.from(trades.profit ?? [], (profit, index) => {
    const isOpen = trades.exitIndex[index] < 0;
    const [direction, quantity, entryPrice] = [
      trades.direction[index],
      trades.quantity[index],
      trades.entryPrice[index],
    ];
    const own = fillsOf[index];
    // What the first entry risks, for all units that were entered.
    const risk = quantity * direction * (entryPrice - (fills.stop?.[own[0]] ?? NaN));
    return {
      index,
      symbol: symbolAt(row, trades, index),
      direction: direction > 0 ? ('LONG' as const) : ('SHORT' as const),
      quantity,
      entryAt: new Date(trades.entryTimesMs[index]),
      entryPrice,
      exitAt: isOpen ? null : new Date(trades.exitTimesMs[index]),
      exitPrice: isOpen ? null : trades.exitPrice[index],
      profit,
      returnFraction: trades.returns[index],
      fees: trades.fees[index],
      maximumAdverseExcursion: trades.mae[index],
      maximumFavourableExcursion: trades.mfe[index],
      barsHeld: (isOpen ? barCount - 1 : trades.exitIndex[index]) - trades.entryIndex[index],
      isOpen,
      ...riskOf(risk, profit),
      ...reasonsOf(
        row,
        own.slice(0, 1),
        own.filter((fill) => fills.side[fill] !== direction),
      ),
    };
  });
}

function riskOf(risk: number, profit: number): Pick<SimulatedTrade, 'initialRisk' | 'rMultiple'> {
  return risk > 0 ? { initialRisk: risk, rMultiple: profit / risk } : { initialRisk: null, rMultiple: null };
}

/** Why a trade was left are its tags, and the rule that it was entered by is its setup. */
function reasonsOf(
  row: RunRow,
  entries: readonly number[],
  exits: readonly number[],
): Pick<SimulatedTrade, 'tags' | 'setup'> {
  const { fillReasons = [] } = summaryOf(row);
  return {
    tags: [...new Set(exits.map((fill) => fillReasons[fill] ?? ''))].filter((reason) => reason !== ''),
    setup: partsOf(fillReasons[entries[0]] ?? '').rule,
  };
}

/** The places of the fills of each trade: those of its instrument until it is flat. */
function fillsOfTrades(trades: Columns, fills: Columns): number[][] {
  const found: number[][] = Array.from(trades.profit ?? [], () => []);
  const symbolOf = ({ symbol }: Columns, index: number) => symbol?.[index] ?? 0;
  const waiting = Map.groupBy(found.keys(), (index) => symbolOf(trades, index));
  const held = new Map<number, number>();
  for (let fill = 0; fill < (fills.side?.length ?? 0); fill += 1) {
    const symbol = symbolOf(fills, fill);
    const queue = waiting.get(symbol);
    if (!queue?.length) continue;
    found[queue[0]].push(fill);
    const units = (held.get(symbol) ?? 0) + fills.side[fill] * fills.quantity[fill];
    held.set(symbol, units);
    if (units === 0) queue.shift();
  }
  return found;
}

/** Fills as the lots of a ledger need them; what makes an instrument flat in doubles does so in decimals. */
function eventsOf(row: RunRow, fills: Columns): LotEvent[] {
  const held = new Map<string, { units: number; exact: Decimal }>();
  return Array.from(fills.side ?? [], (side, index): LotEvent => {
    const instrumentId = symbolAt(row, fills, index);
    const before = held.get(instrumentId) ?? { units: 0, exact: ZERO };
    const units = before.units + side * fills.quantity[index];
    const quantity = units === 0 ? before.exact.negated() : new Decimal(side * fills.quantity[index]);
    held.set(instrumentId, { units, exact: before.exact.plus(quantity) });
    return {
      kind: 'TRADE',
      id: String(index),
      accountId: '',
      instrumentId,
      timeMs: fills.timesMs[index],
      quantity,
      price: new Decimal(fills.price[index]),
      fee: new Decimal(fills.fee[index]),
    };
  });
}

function lotTrade(row: RunRow, fills: Columns, trip: RoundTrip, index: number): SimulatedTrade {
  const { barCount = 0 } = summaryOf(row);
  const { closings, lots } = trip.parts;
  const entries = [...closings.map(({ lotId }) => Number(lotId)), ...lots.map(({ id }) => Number(id))];
  const exits = closings.map(({ closingId }) => Number(closingId));
  const profit = trip.profit.toNumber();
  const sign = trip.side === 'LONG' ? 1 : -1;
  const riskOfUnits = (fill: number, units: Decimal) =>
    units.toNumber() * sign * (fills.price[fill] - (fills.stop?.[fill] ?? NaN));
  const risk = [
    ...closings.map(({ lotId, quantity }) => riskOfUnits(Number(lotId), quantity)),
    ...lots.map(({ id, quantity }) => riskOfUnits(Number(id), quantity)),
  ].reduce((total, one) => total + one, 0);
  const lastBar = trip.closedMs === null ? barCount - 1 : fills.barIndex[exits[exits.length - 1]];
  return {
    index,
    symbol: trip.instrumentId,
    direction: trip.side,
    quantity: trip.quantity.plus(trip.openQuantity).toNumber(),
    entryAt: new Date(trip.openedMs),
    entryPrice: trip.entryPrice.toNumber(),
    exitAt: trip.closedMs === null ? null : new Date(trip.closedMs),
    exitPrice: trip.exitPrice?.toNumber() ?? null,
    profit,
    returnFraction: trip.returnFraction ?? 0,
    fees: trip.fees.toNumber(),
    maximumAdverseExcursion: null,
    maximumFavourableExcursion: null,
    barsHeld: lastBar - Math.min(...entries.map((fill) => fills.barIndex[fill])),
    isOpen: trip.closedMs === null,
    ...riskOf(risk, profit),
    ...reasonsOf(row, entries, exits),
  };
}
