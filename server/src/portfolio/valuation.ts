import { type Decimal, ZERO } from '../platform/decimal.ts';
import { cashMovesOf, externalFlowOf, type LedgerEntry, lotEventOf } from '../trade/ledger.ts';
import { runLots } from '../trade/lots.ts';
import { unitChanges } from '../trade/units.ts';
import { stepGrowth } from './time-weighted.ts';

/** Net holding of one instrument over all accounts: signed quantity, the average price it was opened at, what its closed part made. */
export interface Holding {
  readonly instrumentId: string;
  readonly quantity: Decimal;
  /** What is open was opened for, negative when short; accounts may be on both sides. */
  readonly cost: Decimal;
  readonly averageCost: Decimal;
  /** Before fees. */
  readonly realisedProfit: Decimal;
  readonly fees: Decimal;
  /** What the last transaction tells of its price. */
  readonly lastPrice: Decimal;
}

/**
 * Holdings after the given transactions, by average cost within each account: what goes beyond flat
 * opens anew at its price.
 */
export function holdingsOf(entries: readonly LedgerEntry[]): Holding[] {
  const events = entries.map(lotEventOf).filter((event) => event !== null);
  const { lots, closings } = runLots(events, 'AVERAGE');
  const lastPrices = new Map(events.map(({ instrumentId }) => [instrumentId, ZERO]));
  for (const { instrumentId, price } of unitChanges(events))
    lastPrices.set(instrumentId, price ?? lastPrices.get(instrumentId) ?? ZERO);
  const lotsOf = Map.groupBy(lots, ({ instrumentId }) => instrumentId);
  const closingsOf = Map.groupBy(closings, ({ instrumentId }) => instrumentId);
  return [...lastPrices].map(([instrumentId, lastPrice]) => {
    const open = lotsOf.get(instrumentId) ?? [];
    const closed = closingsOf.get(instrumentId) ?? [];
    const sum = <Item>(items: readonly Item[], of: (item: Item) => Decimal) =>
      items.reduce((total, item) => total.plus(of(item)), ZERO);
    const signed = (side: string, amount: Decimal) => (side === 'LONG' ? amount : amount.negated());
    const quantity = sum(open, (lot) => signed(lot.side, lot.quantity));
    const cost = sum(open, (lot) => signed(lot.side, lot.basis));
    return {
      instrumentId,
      quantity,
      cost,
      averageCost: quantity.isZero() ? ZERO : cost.div(quantity),
      realisedProfit: sum(closed, (one) => signed(one.side, one.exitValue.minus(one.entryValue))),
      fees: sum(closed, ({ fees }) => fees).plus(sum(open, ({ fee }) => fee)),
      lastPrice,
    };
  });
}

/** Closing prices of one instrument as columns. */
export interface PriceSeries {
  readonly timesMs: Float64Array;
  readonly close: Float64Array;
}

/** What a ledger moves over time, as doubles in the order of time. */
export interface Journal {
  readonly cash: readonly { readonly timeMs: number; readonly amount: number }[];
  readonly units: readonly {
    readonly timeMs: number;
    readonly instrumentId: string;
    readonly change: number;
    readonly price: number | null;
  }[];
  readonly flows: readonly {
    readonly timeMs: number;
    readonly cash: number;
    readonly instrumentId: string | null;
    readonly quantity: number;
    readonly price: number | null;
  }[];
}

/** The cash, units and flows of transactions. */
export function journalOf(entries: readonly LedgerEntry[]): Journal {
  const events = entries.map(lotEventOf).filter((event) => event !== null);
  const number = (value: Decimal | null) => (value === null ? null : value.toNumber());
  return {
    cash: entries.flatMap((entry) =>
      cashMovesOf(entry).map(({ amount }) => ({ timeMs: entry.timeMs, amount: amount.toNumber() })),
    ),
    units: unitChanges(events).map((one) => ({
      ...one,
      change: one.change.toNumber(),
      price: number(one.price),
    })),
    flows: entries
      .map(externalFlowOf)
      .filter((flow) => flow !== null)
      .map(({ timeMs, cash, instrumentId, quantity, price }) => ({
        timeMs,
        cash: cash.toNumber(),
        instrumentId,
        quantity: quantity.toNumber(),
        price: number(price),
      })),
  };
}

/** The value of a portfolio over time as columns of one length. */
export interface EquityColumns {
  readonly timesMs: Float64Array;
  readonly equity: Float64Array;
  readonly cash: Float64Array;
  readonly marketValue: Float64Array;
  /** What was brought in since the time before, and what was taken out; both 0 or more. */
  readonly inflow: Float64Array;
  readonly outflow: Float64Array;
  /** What each flow of the journal was worth, in its order; 0 for one after the last price. */
  readonly flowAmounts: Float64Array;
}

/**
 * Values a portfolio at every price time from its first event on. Between prices the last one holds;
 * before the first price of an instrument the one its last transaction tells does, which also values
 * units that flow in or out without a price of their own.
 */
export function equityColumns(
  { cash, units, flows }: Journal,
  prices: ReadonlyMap<string, PriceSeries>,
): EquityColumns {
  const firstMs = Math.min(cash[0]?.timeMs ?? Infinity, units[0]?.timeMs ?? Infinity);
  const timesMs = valuationTimes(prices, firstMs);
  const column = () => new Float64Array(timesMs.length);
  const columns = {
    timesMs,
    equity: column(),
    cash: column(),
    marketValue: column(),
    inflow: column(),
    outflow: column(),
    flowAmounts: new Float64Array(flows.length),
  };
  const held = new Map<string, Held>();
  let [balance, nextCash, nextUnits, nextFlow] = [0, 0, 0, 0];
  for (let t = 0; t < timesMs.length; t += 1) {
    for (; nextCash < cash.length && cash[nextCash].timeMs <= timesMs[t]; nextCash += 1)
      balance += cash[nextCash].amount;
    for (; nextUnits < units.length && units[nextUnits].timeMs <= timesMs[t]; nextUnits += 1)
      moveUnits(held, units[nextUnits]);
    columns.marketValue[t] = valueOf(held, prices, timesMs[t]);
    for (; nextFlow < flows.length && flows[nextFlow].timeMs <= timesMs[t]; nextFlow += 1) {
      const flow = flows[nextFlow];
      const price = flow.price ?? held.get(flow.instrumentId ?? '')?.price ?? 0;
      const amount = flow.cash + flow.quantity * price;
      columns.flowAmounts[nextFlow] = amount;
      columns[amount > 0 ? 'inflow' : 'outflow'][t] += Math.abs(amount);
    }
    columns.cash[t] = balance;
    columns.equity[t] = balance + columns.marketValue[t];
  }
  return columns;
}

interface Held {
  quantity: number;
  price: number;
  /** The place of the first price that has not come yet. */
  next: number;
}

function moveUnits(held: Map<string, Held>, { instrumentId, change, price }: Journal['units'][number]): void {
  const before = held.get(instrumentId) ?? { quantity: 0, price: 0, next: 0 };
  held.set(instrumentId, {
    ...before,
    quantity: before.quantity + change,
    price: before.next === 0 && price !== null ? price : before.price,
  });
}

function valueOf(held: Map<string, Held>, prices: ReadonlyMap<string, PriceSeries>, timeMs: number): number {
  let value = 0;
  for (const [instrumentId, one] of held) {
    const series = prices.get(instrumentId);
    while (series && one.next < series.timesMs.length && series.timesMs[one.next] <= timeMs) {
      one.price = series.close[one.next];
      one.next += 1;
    }
    value += one.quantity * one.price;
  }
  return value;
}

/**
 * Levels that grow as the portfolio does without its flows, by the time-weighted growth of each step.
 * The first level is the first positive equity.
 */
export function flowAdjustedLevels(columns: EquityColumns): { timesMs: Float64Array; levels: Float64Array } {
  const { timesMs, equity } = columns;
  let start = 0;
  while (start < equity.length && !(equity[start] > 0)) start += 1;
  const levels = equity.slice(start);
  const growth = stepGrowth(columns);
  for (let t = 1; t < levels.length; t += 1) levels[t] = levels[t - 1] * growth[start + t];
  return { timesMs: timesMs.slice(start), levels };
}

function valuationTimes(prices: ReadonlyMap<string, PriceSeries>, firstMs: number): Float64Array {
  const times = new Set<number>();
  for (const { timesMs } of prices.values()) for (const time of timesMs) if (time >= firstMs) times.add(time);
  return Float64Array.from(times).toSorted();
}
