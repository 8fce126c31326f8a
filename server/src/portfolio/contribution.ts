import { countsAtMs } from '../trade/ledger.ts';
import type { TimedFlow } from './modified-dietz.ts';
import { stepGrowth } from './time-weighted.ts';
import type { Segment } from './segments.ts';

/** Which steps of the valuation times belong to a period: those after `start` up to `end`. */
export interface StepRange {
  /** The place of the valuation that the period starts from; -1 from the first event. */
  readonly start: number;
  readonly end: number;
}

/** A whole with its parts over the same valuation times. */
export interface Divided {
  readonly timesMs: Float64Array;
  readonly equity: Float64Array;
  readonly inflow: Float64Array;
  readonly outflow: Float64Array;
  readonly segments: readonly Segment[];
}

/** What a part did in a period. */
export interface PartResult {
  readonly key: string;
  readonly startValue: number;
  readonly endValue: number;
  readonly netFlow: number;
  /** What was put in (negative: taken out), transaction by transaction. */
  readonly flows: readonly TimedFlow[];
  /** End value less start value and flows; those of all parts add up to the gain of the whole. */
  readonly gain: number;
  /** Null where it gained or lost while it was worth less than nothing, as what is held short is. */
  readonly timeWeighted: number | null;
  /** Its part of the time-weighted return of the whole; null where that cannot be split. */
  readonly contribution: number | null;
  /** Its mean part of the capital of the steps. */
  readonly averageWeight: number | null;
}

/** The parts of a period, or why their contributions cannot be told. */
export interface Contributions {
  readonly parts: readonly PartResult[];
  readonly timeWeighted: number;
  readonly reason: string | null;
}

/** How contributions are linked over steps, for people. */
export const LINKING = {
  formula: 'sum over all steps of g / (V before + in) x k(r) / k(R), with k(x) = ln(1 + x) / x',
  convention:
    'g is the gain of the part in a step, r the return of the whole in it and R over the period (Carino 1999): contributions add up to the time-weighted return. Steps on no capital have none.',
} as const;

/**
 * Splits the time-weighted return of a period among parts. In a step the gains of the parts over the
 * capital of the whole add up to its return; Carino's factors make the steps add up to the period.
 */
export function contributionsOf(whole: Divided, { start, end }: StepRange): Contributions {
  const growth = stepGrowth(whole).subarray(start + 1, end + 1);
  const isBroken = growth.some((one) => !(one > 0));
  const total = growth.reduce((product, one) => product * one, 1) - 1;
  const factors = growth.map((one) => logFactor(one - 1) / logFactor(total));
  const capital = growth.map((_, step) => {
    const t = start + 1 + step;
    return (t === 0 ? 0 : whole.equity[t - 1]) + whole.inflow[t];
  });
  const parts = whole.segments
    .map((segment) => partOf(segment, whole.timesMs, { start, end }, capital, isBroken ? null : factors))
    .filter((part) => part !== null);
  const reason = isBroken
    ? 'expected the value to stay above 0 in every step, was lost or more in one'
    : null;
  return { parts, timeWeighted: total, reason };
}

/** ln(1 + x) / x, 1 where x is 0. */
function logFactor(rate: number): number {
  return rate === 0 ? 1 : Math.log1p(rate) / rate;
}

// What sums of doubles leave of nothing is no capital.
const DUST = 1e-9;

function partOf(
  { key, value, inflow, outflow, flows }: Segment,
  timesMs: Float64Array,
  { start, end }: StepRange,
  capital: Float64Array,
  factors: Float64Array | null,
): PartResult | null {
  let [netFlow, contribution, weights, weighed, growth] = [0, 0, 0, 0, 1];
  let [isEmpty, isOwed] = [true, false];
  for (let step = 0; step < capital.length; step += 1) {
    const t = start + 1 + step;
    const before = t === 0 ? 0 : value[t - 1];
    const own = before + inflow[t];
    const gain = value[t] + outflow[t] - own;
    if (before !== 0 || inflow[t] !== 0 || outflow[t] !== 0 || value[t] !== 0) isEmpty = false;
    netFlow += inflow[t] - outflow[t];
    // What pays back a debt is no capital, though it may be more than that.
    if (before < -DUST && gain !== 0) isOwed = true;
    else if (own > 0) growth *= (value[t] + outflow[t]) / own;
    if (!(capital[step] > 0)) continue;
    weighed += 1;
    weights += own / capital[step];
    if (factors) contribution += (gain / capital[step]) * factors[step];
  }
  if (isEmpty) return null;
  const startValue = start < 0 ? 0 : value[start];
  const isWithin = (flow: TimedFlow) =>
    (start < 0 || countsAtMs(flow) > timesMs[start]) && countsAtMs(flow) <= timesMs[end];
  return {
    key,
    startValue,
    endValue: value[end],
    netFlow,
    flows: flows.filter(isWithin),
    gain: value[end] - startValue - netFlow,
    timeWeighted: isOwed ? null : growth - 1,
    contribution: factors && contribution,
    averageWeight: weighed === 0 ? null : weights / weighed,
  };
}
