import type { BarColumns } from '../service/contract.ts';
import type { LegStatement, RebalancePeriod } from '../strategy/syntax.ts';
import { periodEndMs } from './periods.ts';

/** One instrument of a universe on the bars of all of them. */
export interface GridMember {
  readonly symbol: string;
  readonly bars: BarColumns;
  readonly lotSize: number;
  /** Whether it is chosen from; what only takes the rest is not. */
  readonly isCandidate: boolean;
  /** For each bar of the grid its newest own bar, -1 before the first. */
  readonly newest: Int32Array;
  /** The bar of the grid that its last own bar is. */
  readonly lastIndex: number;
}

/** Instruments side by side: a bar of the grid is a time at which any of them has a bar. */
export interface UniverseGrid {
  readonly timesMs: Float64Array;
  /** By symbol, so that no order they were given in matters. */
  readonly members: readonly GridMember[];
}

/** Whether a member has a bar of its own in bar `t` of the grid. */
export function hasBar({ newest }: GridMember, t: number): boolean {
  return newest[t] >= 0 && (t === 0 || newest[t] !== newest[t - 1]);
}

/** What a strategy knows of one member, on the member's own bars. */
export interface MemberSignals {
  /** For each leg; null where it takes no score or condition. */
  readonly legs: readonly { readonly score: Float64Array | null; readonly condition: Float64Array | null }[];
  /** Null for equal parts. */
  readonly weight: Float64Array | null;
}

/** What a strategy decides of a universe. What is decided at the close of a bar fills at the open of the next. */
export interface UniverseSignals {
  /** One for each candidate of the grid and null for others. */
  readonly members: readonly (MemberSignals | null)[];
  readonly legs: readonly UniverseLeg[];
  /** Largest part of a leg for one instrument, 1 for any. */
  readonly maximumWeight: number;
  /** Part of the equity that stays in cash. */
  readonly cash: number;
  /** The place in the grid of what takes the rest of the long leg; -1 for none. */
  readonly rest: number;
  readonly rebalance:
    | { readonly kind: 'period'; readonly period: RebalancePeriod }
    | { readonly kind: 'bars'; readonly bars: number };
}

/** The members that one side holds: so many of them, or so large a part of those that can be chosen. */
export interface UniverseLeg {
  readonly side: 1 | -1;
  readonly order: LegStatement['order'];
  readonly count: number;
  readonly isPercent: boolean;
}

/** A name of the calendar period that a bar closing at `timeMs` belongs to: different for different periods. */
export function periodKey(period: RebalancePeriod, timeMs: number): number {
  if (period === 'day' || period === 'week' || period === 'month')
    return periodEndMs({ unit: period, count: 1 }, timeMs);
  const last = new Date(timeMs - 1);
  const year = last.getUTCFullYear();
  return period === 'year' ? year : 4 * year + Math.floor(last.getUTCMonth() / 3);
}

const knownStarts = new WeakMap<Float64Array, Map<RebalancePeriod, Int32Array>>();

/** For each bar the first from it on that belongs to another period than the bar before it; their number where none does. */
export function periodStarts(period: RebalancePeriod, timesMs: Float64Array): Int32Array {
  const known = knownStarts.get(timesMs) ?? new Map<RebalancePeriod, Int32Array>();
  knownStarts.set(timesMs, known);
  const starts = known.get(period) ?? findStarts(period, timesMs);
  known.set(period, starts);
  return starts;
}

function findStarts(period: RebalancePeriod, timesMs: Float64Array): Int32Array {
  const starts = new Int32Array(timesMs.length);
  const keys = Array.from(timesMs, (timeMs) => periodKey(period, timeMs));
  let next = timesMs.length;
  for (let t = timesMs.length - 1; t >= 0; t -= 1) {
    if (t > 0 && keys[t] !== keys[t - 1]) next = t;
    starts[t] = next;
  }
  return starts;
}
