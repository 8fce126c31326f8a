import { Decimal } from 'decimal.js';

/** A fill as the arithmetic needs it, in the order they happened. */
export interface LedgerFill {
  readonly instrumentId: string;
  readonly side: 'BUY' | 'SELL';
  readonly quantity: string;
  readonly price: string;
  readonly fee: string;
  readonly executedAtMs: number;
}

/** Net holding of one instrument: signed quantity, the average price it was opened at, what its closed part made. */
export interface Holding {
  readonly instrumentId: string;
  readonly quantity: Decimal;
  readonly averageCost: Decimal;
  /** Before fees. */
  readonly realisedProfit: Decimal;
  readonly fees: Decimal;
  readonly lastFillPrice: Decimal;
}

const ZERO = new Decimal(0);

/**
 * Holdings after the given fills by average cost: a fill on the holding's side moves the average,
 * one against it realises (price - average) per unit; what goes beyond flat opens anew at its price.
 */
export function holdingsOf(fills: readonly LedgerFill[]): Holding[] {
  const holdings = new Map<string, Holding>();
  for (const fill of fills) {
    const before = holdings.get(fill.instrumentId);
    holdings.set(fill.instrumentId, afterFill(before ?? emptyHolding(fill.instrumentId), fill));
  }
  return [...holdings.values()];
}

function emptyHolding(instrumentId: string): Holding {
  return {
    instrumentId,
    quantity: ZERO,
    averageCost: ZERO,
    realisedProfit: ZERO,
    fees: ZERO,
    lastFillPrice: ZERO,
  };
}

function afterFill(holding: Holding, fill: LedgerFill): Holding {
  const price = new Decimal(fill.price);
  const change = new Decimal(fill.quantity).times(fill.side === 'BUY' ? 1 : -1);
  const quantity = holding.quantity.plus(change);
  const fees = holding.fees.plus(fill.fee);
  const isSameSide = holding.quantity.isZero() || holding.quantity.isNegative() === change.isNegative();
  const common = { instrumentId: holding.instrumentId, quantity, fees, lastFillPrice: price };
  if (isSameSide) {
    const cost = holding.quantity.abs().times(holding.averageCost).plus(change.abs().times(price));
    return { ...common, averageCost: cost.div(quantity.abs()), realisedProfit: holding.realisedProfit };
  }
  const closed = Decimal.min(change.abs(), holding.quantity.abs());
  const perUnit = price.minus(holding.averageCost).times(holding.quantity.isNegative() ? -1 : 1);
  const realisedProfit = holding.realisedProfit.plus(closed.times(perUnit));
  const isTurned = change.abs().greaterThan(holding.quantity.abs());
  return { ...common, averageCost: isTurned ? price : holding.averageCost, realisedProfit };
}

/** Closing prices of one instrument as columns. */
export interface PriceSeries {
  readonly timesMs: Float64Array;
  readonly close: Float64Array;
}

/** A cash movement that is not a fill. */
export interface CashFlow {
  readonly timeMs: number;
  readonly amount: number;
}

/** The value of an account over time as columns of one length. */
export interface EquityColumns {
  readonly timesMs: Float64Array;
  readonly equity: Float64Array;
  readonly cash: Float64Array;
  readonly marketValue: Float64Array;
  /** Money brought in (or taken out, negative) since the time before. */
  readonly netFlow: Float64Array;
}

/**
 * Values an account at every price time from its first event on. Between prices the last one holds;
 * before the first price of an instrument its last fill's price does.
 */
export function equityColumns(
  fills: readonly LedgerFill[],
  flows: readonly CashFlow[],
  prices: ReadonlyMap<string, PriceSeries>,
): EquityColumns {
  const firstMs = Math.min(fills[0]?.executedAtMs ?? Infinity, ...flows.map(({ timeMs }) => timeMs));
  const timesMs = valuationTimes(prices, firstMs);
  const columns = {
    timesMs,
    equity: column(timesMs),
    cash: column(timesMs),
    marketValue: column(timesMs),
    netFlow: column(timesMs),
  };
  const units = new Map<string, { quantity: number; price: number; next: number }>();
  let [cash, nextFill, nextFlow] = [0, 0, 0];
  const orderedFlows = flows.toSorted((a, b) => a.timeMs - b.timeMs);
  for (let t = 0; t < timesMs.length; t += 1) {
    for (; nextFlow < orderedFlows.length && orderedFlows[nextFlow].timeMs <= timesMs[t]; nextFlow += 1) {
      cash += orderedFlows[nextFlow].amount;
      columns.netFlow[t] += orderedFlows[nextFlow].amount;
    }
    for (; nextFill < fills.length && fills[nextFill].executedAtMs <= timesMs[t]; nextFill += 1) {
      const { instrumentId, side, quantity, price, fee } = fills[nextFill];
      const signed = side === 'BUY' ? Number(quantity) : -Number(quantity);
      const held = units.get(instrumentId) ?? { quantity: 0, price: 0, next: 0 };
      units.set(instrumentId, {
        ...held,
        quantity: held.quantity + signed,
        price: held.next === 0 ? Number(price) : held.price,
      });
      cash -= signed * Number(price) + Number(fee);
    }
    let marketValue = 0;
    for (const [instrumentId, held] of units) {
      const series = prices.get(instrumentId);
      while (series && held.next < series.timesMs.length && series.timesMs[held.next] <= timesMs[t]) {
        held.price = series.close[held.next];
        held.next += 1;
      }
      marketValue += held.quantity * held.price;
    }
    columns.cash[t] = cash;
    columns.marketValue[t] = marketValue;
    columns.equity[t] = cash + marketValue;
  }
  return columns;
}

/**
 * Levels that grow as the account does without its flows: each step compounds
 * (equity - flow) / equity before. The first level is the first positive equity.
 */
export function flowAdjustedLevels({ timesMs, equity, netFlow }: EquityColumns): {
  timesMs: Float64Array;
  levels: Float64Array;
} {
  let start = 0;
  while (start < equity.length && !(equity[start] > 0)) start += 1;
  const levels = equity.slice(start);
  for (let t = 1; t < levels.length; t += 1) {
    const growth = (equity[start + t] - netFlow[start + t]) / equity[start + t - 1];
    levels[t] = levels[t - 1] * growth;
  }
  return { timesMs: timesMs.slice(start), levels };
}

function column(timesMs: Float64Array): Float64Array {
  return new Float64Array(timesMs.length);
}

function valuationTimes(prices: ReadonlyMap<string, PriceSeries>, firstMs: number): Float64Array {
  const times = new Set<number>();
  for (const { timesMs } of prices.values()) for (const time of timesMs) if (time >= firstMs) times.add(time);
  return Float64Array.from(times).toSorted();
}
