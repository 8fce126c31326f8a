import { Decimal, ZERO } from '../platform/decimal.ts';
import type { LotClosing, LotLedger, OpenLot } from './lots.ts';

/** A trade: one round trip. Prices are averages over its units; amounts are exact. */
export interface RoundTrip {
  readonly id: string;
  readonly accountId: string;
  readonly instrumentId: string;
  readonly side: 'LONG' | 'SHORT';
  readonly openedMs: number;
  /** null while a part is open. */
  readonly closedMs: number | null;
  /** Units that were closed, and units still open. */
  readonly quantity: Decimal;
  readonly openQuantity: Decimal;
  readonly entryPrice: Decimal;
  /** null where nothing was closed. */
  readonly exitPrice: Decimal | null;
  readonly fees: Decimal;
  /** Of what was closed, after fees. */
  readonly profit: Decimal;
  /** Profit over what its closed units were opened for; null where that is 0. */
  readonly returnFraction: number | null;
}

/** Round trips from flat to flat, in the order of their opening; the last of a position may be open. */
export function flatToFlat({ lots, closings }: LotLedger): RoundTrip[] {
  const trips = new Map<string, Parts>();
  const partsOf = (key: string) => {
    const parts = trips.get(key) ?? { closings: [], lots: [] };
    trips.set(key, parts);
    return parts;
  };
  for (const one of closings) partsOf(`${one.accountId} ${one.tripId}`).closings.push(one);
  for (const one of lots) partsOf(`${one.accountId} ${one.tripId}`).lots.push(one);
  return [...trips.values()].map(tripOf).toSorted((a, b) => a.openedMs - b.openedMs);
}

/** One round trip per closing over the lots it closed, in the order of closing. */
export function perClosing({ closings }: Pick<LotLedger, 'closings'>): RoundTrip[] {
  const byClosing = new Map<string, LotClosing[]>();
  for (const one of closings.filter(({ quantity }) => quantity.greaterThan(0))) {
    const key = `${one.closingId} ${one.accountId} ${one.instrumentId}`;
    const group = byClosing.get(key);
    if (group) group.push(one);
    else byClosing.set(key, [one]);
  }
  return [...byClosing.values()].map((group) => ({
    ...tripOf({ closings: group, lots: [] }),
    id: group[0].closingId,
  }));
}

interface Parts {
  readonly closings: LotClosing[];
  readonly lots: OpenLot[];
}

function tripOf({ closings, lots }: Parts): RoundTrip {
  const [first] = [...closings, ...lots];
  const total = <Item>(items: readonly Item[], of: (item: Item) => Decimal) =>
    items.reduce((sum, item) => sum.plus(of(item)), ZERO);
  const quantity = total(closings, (one) => one.quantity);
  const openQuantity = total(lots, (one) => one.quantity);
  const entered = total(closings, (one) => one.entryValue);
  const allEntered = entered.plus(total(lots, (one) => one.basis));
  const units = quantity.plus(openQuantity);
  const profit = total(closings, ({ gain }) => gain);
  return {
    id: first.tripId,
    accountId: first.accountId,
    instrumentId: lots[0]?.instrumentId ?? closings[closings.length - 1].instrumentId,
    side: first.side,
    openedMs: Math.min(...closings.map((one) => one.openedMs), ...lots.map((one) => one.openedMs)),
    closedMs: lots.length > 0 ? null : Math.max(...closings.map((one) => one.closedMs)),
    quantity,
    openQuantity,
    entryPrice: units.isZero() ? ZERO : allEntered.div(units),
    exitPrice: quantity.isZero() ? null : total(closings, (one) => one.exitValue).div(quantity),
    fees: total(closings, ({ fees }) => fees).plus(total(lots, ({ fee }) => fee)),
    profit,
    returnFraction: entered.isZero() ? null : profit.div(entered).toNumber(),
  };
}

/** Bars as columns, as far as excursions need them. */
export interface RangeBars {
  readonly timesMs: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
}

/** How far the price went against (at most 0) and with (at least 0) a round trip, as fractions of its entry price. */
export interface Excursions {
  readonly mae: number;
  readonly mfe: number;
}

/**
 * The worst and best excursion of a round trip: every bar stamped after its opening and before its
 * closing counts with its range, the closing with its price alone. null without an entry price.
 */
export function excursionsOf(trip: RoundTrip, { timesMs, high, low }: RangeBars): Excursions | null {
  const entry = trip.entryPrice.toNumber();
  if (!(entry > 0)) return null;
  const side = trip.side === 'LONG' ? 1 : -1;
  const exit = trip.closedMs === null || trip.exitPrice === null ? entry : trip.exitPrice.toNumber();
  let [worst, best] = [Math.min(0, side * (exit - entry)), Math.max(0, side * (exit - entry))];
  for (let t = firstAfter(timesMs, trip.openedMs); t < timesMs.length; t += 1) {
    if (trip.closedMs !== null && timesMs[t] >= trip.closedMs) break;
    const [against, along] = side > 0 ? [low[t], high[t]] : [high[t], low[t]];
    worst = Math.min(worst, side * (against - entry));
    best = Math.max(best, side * (along - entry));
  }
  // + 0 makes a short's -0 a 0.
  return { mae: worst / entry + 0, mfe: best / entry };
}

function firstAfter(timesMs: Float64Array, timeMs: number): number {
  let [low, high] = [0, timesMs.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timesMs[middle] <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** An execution as it can be merged with others. */
export interface Execution {
  readonly timeMs: number;
  /** Signed units. */
  readonly quantity: Decimal;
  readonly price: Decimal;
}

/** Joins executions of one instrument that follow each other on the same side within a time, at their average price. */
export function mergeExecutions<One extends Execution>(executions: readonly One[], withinMs: number): One[] {
  const merged: { last: One; joined: One }[] = [];
  for (const one of executions) {
    const before = merged[merged.length - 1];
    const isNear =
      before &&
      one.timeMs - before.last.timeMs < withinMs &&
      one.quantity.isNegative() === before.last.quantity.isNegative();
    if (!isNear) {
      merged.push({ last: one, joined: one });
      continue;
    }
    const quantity = before.joined.quantity.plus(one.quantity);
    const value = before.joined.quantity.times(before.joined.price).plus(one.quantity.times(one.price));
    before.last = one;
    before.joined = { ...before.joined, quantity, price: value.div(quantity) };
  }
  return merged.map(({ joined }) => joined);
}
