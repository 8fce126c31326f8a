import { firstAtOrAfter } from '../market-data/bars.ts';
import { Decimal } from '../platform/decimal.ts';
import { growthAfter, type RoundTrip } from './round-trips.ts';

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
  /** The prices that were reached, in units of the trip's end. */
  readonly worstPrice: number;
  readonly bestPrice: number;
  /** How many bars lie inside the trip; 0 where its entry and exit alone are known. */
  readonly barCount: number;
}

/** Of which of the bars that are stamped with the ends of a trip the range counts, as it was held in them. */
export interface EndBars {
  readonly opening: boolean;
  readonly closing: boolean;
}

/** The ends of trips whose fills have times of their own: a bar is over when it is stamped, so before either end. */
export const END_BARS_OF_FILLS: EndBars = { opening: false, closing: true };

/**
 * The worst and best excursion of a round trip: every bar stamped after its opening and before its
 * closing counts with its range, and those stamped with its ends that `ends` names; the closing counts with its price.
 * Bars from before a split are brought to the units after it. null without an entry price.
 */
export function excursionsOf(
  trip: RoundTrip,
  { timesMs, high, low }: RangeBars,
  ends: EndBars,
): Excursions | null {
  const entry = trip.entryPrice.toNumber();
  if (!(entry > 0)) return null;
  const side = trip.side === 'LONG' ? 1 : -1;
  const exit = trip.closedMs === null || trip.exitPrice === null ? entry : trip.exitPrice.toNumber();
  let [worst, best] = side * exit < side * entry ? [exit, entry] : [entry, exit];
  let barCount = 0;
  // What bars are divided by, and from when on it is another.
  let [scale, scaleEndMs] = [1, trip.splits.length > 0 ? -Infinity : Infinity];
  const first = firstAtOrAfter(timesMs, ends.opening ? trip.openedMs : trip.openedMs + 1);
  const endMs = trip.closedMs === null ? Infinity : trip.closedMs + (ends.closing ? 1 : 0);
  for (let t = first; t < timesMs.length && timesMs[t] < endMs; t += 1) {
    if (timesMs[t] > scaleEndMs) {
      // A bar ends when it is stamped: a split of the same time, as of the date after it, is later.
      scale = growthAfter(trip.splits, timesMs[t] - 1).toNumber();
      scaleEndMs = Math.min(...trip.splits.map((one) => (one.timeMs >= timesMs[t] ? one.timeMs : Infinity)));
    }
    const [against, along] = (side > 0 ? [low[t], high[t]] : [high[t], low[t]]).map((one) => one / scale);
    if (side * against < side * worst) worst = against;
    if (side * along > side * best) best = along;
    barCount += 1;
  }
  const fraction = (price: number) => (side * (price - entry)) / entry + 0; // + 0 makes a short's -0 a 0.
  return { mae: fraction(worst), mfe: fraction(best), worstPrice: worst, bestPrice: best, barCount };
}

/** What a person noted about the risk of a trade: a stop in prices of its opening, or an amount for all of it. */
export interface RiskNote {
  readonly stopPrice?: string | null;
  readonly initialRisk?: string | null;
}

/** What the units of a trip were opened for. */
function enteredValue({ entryPrice, quantity, openQuantity }: RoundTrip): Decimal {
  return entryPrice.times(quantity.plus(openQuantity));
}

/**
 * The money a trip risked at its opening, in the base currency: the distance from its average entry to the stop times all
 * units it opened, or its share by entry value of the amount noted for the whole trade. null without
 * a note, or where the stop is not on the losing side.
 */
export function initialRiskOf(trip: RoundTrip, note: RiskNote | null, whole: RoundTrip): Decimal | null {
  if (note?.initialRisk) {
    const all = enteredValue(whole);
    return all.greaterThan(0) ? new Decimal(note.initialRisk).times(enteredValue(trip)).div(all) : null;
  }
  if (!note?.stopPrice) return null;
  const stop = new Decimal(note.stopPrice).div(growthAfter(trip.splits, -Infinity));
  const distance = trip.side === 'LONG' ? trip.entryPrice.minus(stop) : stop.minus(trip.entryPrice);
  const risk = distance.times(trip.quantity.plus(trip.openQuantity)).times(trip.entryRate);
  return risk.greaterThan(0) ? risk : null;
}
