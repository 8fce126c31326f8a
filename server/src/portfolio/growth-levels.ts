import { closingDay } from '../market-data/calendar.ts';
import { type FlowColumns, stepGrowth } from './time-weighted.ts';
import type { EquityColumns } from './valuation.ts';

/** Levels over time, in the order of time. */
export interface GrowthLevels {
  readonly timesMs: Float64Array;
  readonly levels: Float64Array;
}

/**
 * Levels that grow as the portfolio does without its flows, by the time-weighted growth of each step.
 * The first level is the first positive equity after the last that is not known.
 */
export function flowAdjustedLevels(columns: FlowColumns & Pick<EquityColumns, 'timesMs'>): GrowthLevels {
  const { timesMs, equity } = columns;
  const growth = stepGrowth(columns);
  // A level is built on the growth of the steps after it.
  const unknownGrowth = growth.findLastIndex(Number.isNaN);
  let start = Math.max(equity.findLastIndex(Number.isNaN) + 1, unknownGrowth);
  while (start < equity.length && !(equity[start] > 0)) start += 1;
  const levels = equity.slice(start);
  for (let t = 1; t < levels.length; t += 1) levels[t] = levels[t - 1] * growth[start + t];
  return { timesMs: timesMs.slice(start), levels };
}

/** The levels that days (UTC) end with, as instruments close at different times of one. */
export function endsOfDays({ timesMs, levels }: GrowthLevels): GrowthLevels {
  const isLast = (_: number, t: number) => closingDay(timesMs[t]) !== closingDay(timesMs[t + 1]);
  return { timesMs: timesMs.filter(isLast), levels: levels.filter(isLast) };
}

/** How many steps a year has where values come on every day, on days of exchanges, by the week, the month, the quarter and the year. */
const STEPS_PER_YEAR = [365, 252, 52, 12, 4, 1];
const YEAR_MS = 365 * 86_400_000;

/**
 * The same at the last price or rate of each day (UTC), with how many such steps a year has: days between
 * transactions without prices tell of no risk.
 */
export function dailyLevels(columns: EquityColumns): GrowthLevels & { readonly periodsPerYear: number } {
  const part = (column: Float64Array) => column.subarray(0, columns.pricedLength);
  const days = endsOfDays(
    flowAdjustedLevels({
      timesMs: part(columns.timesMs),
      equity: part(columns.equity),
      inflow: part(columns.inflow),
      outflow: part(columns.outflow),
    }),
  );
  return { ...days, periodsPerYear: stepsPerYear(days.timesMs) };
}

/** How many steps of this kind a year has: the usual number that is nearest by its ratio; 252 where there is no step. */
function stepsPerYear(timesMs: Float64Array): number {
  if (timesMs.length < 2) return 252;
  const found = ((timesMs.length - 1) * YEAR_MS) / (timesMs[timesMs.length - 1] - timesMs[0]);
  const distance = (usual: number) => Math.abs(Math.log(usual / found));
  return STEPS_PER_YEAR.reduce((a, b) => (distance(b) < distance(a) ? b : a));
}
