import { firstAtOrAfter } from '../market-data/bars.ts';
import type { MeasuredPeriod } from './performance.ts';
import type { PairedReturns } from './relative.ts';
import type { PriceSeries } from './valuation.ts';
import { xirr, type XirrResult } from './xirr.ts';

/** A benchmark over a period of a portfolio. */
export interface BenchmarkPeriod {
  /** Its return over the period. */
  readonly growth: number;
  /** Returns over the steps from one of its prices to the next. */
  readonly pairs: PairedReturns;
  /** Levels at the ends of the steps, 1 at the start of the period; NaN before its first price. */
  readonly levels: Float64Array;
  /** What the portfolio would be worth had its start value and flows bought the benchmark. */
  readonly matched: Float64Array;
  readonly matchedRate: XirrResult;
}

const YEAR_MS = 365 * 86_400_000;

/** Sets a benchmark beside a period; null where it has no price in it. */
export function benchmarkPeriod(period: MeasuredPeriod, series: PriceSeries): BenchmarkPeriod | null {
  const { timesMs, growth, fromMs, netFlow, startValue } = period;
  const before = firstAtOrAfter(series.timesMs, fromMs + 1) - 1;
  const last = firstAtOrAfter(series.timesMs, period.toMs + 1) - 1;
  if (last < 0 || (before < 0 && series.timesMs[0] > period.toMs)) return null;
  const base = series.close[Math.max(0, before)];
  const levels = new Float64Array(timesMs.length).fill(NaN);
  const matched = new Float64Array(timesMs.length).fill(NaN);
  const [own, benchmark]: [number[], number[]] = [[], []];
  let [bar, paired, ownGrowth] = [before, before, 1];
  let [units, waiting] = [before < 0 ? 0 : startValue / base, before < 0 ? startValue : 0];
  let [firstMs, lastMs] = [fromMs, fromMs];
  for (let t = 0; t < timesMs.length; t += 1) {
    while (bar + 1 < series.timesMs.length && series.timesMs[bar + 1] <= timesMs[t]) bar += 1;
    ownGrowth *= growth[t];
    waiting += netFlow[t];
    if (bar < 0) continue;
    const close = series.close[bar];
    units += waiting / close;
    waiting = 0;
    levels[t] = close / base;
    matched[t] = units * close;
    if (bar === paired) continue;
    if (paired < 0) firstMs = timesMs[t];
    else {
      own.push(ownGrowth - 1);
      benchmark.push(close / series.close[paired] - 1);
    }
    [paired, ownGrowth, lastMs] = [bar, 1, timesMs[t]];
  }
  const years = (lastMs - firstMs) / YEAR_MS;
  const pairs = {
    own: Float64Array.from(own),
    benchmark: Float64Array.from(benchmark),
    periodsPerYear: years > 0 ? own.length / years : 0,
  };
  const matchedRate = xirr([
    { timeMs: fromMs, amount: -startValue },
    ...period.flows.map(({ timeMs, amount }) => ({ timeMs, amount: -amount })),
    { timeMs: period.toMs, amount: matched[matched.length - 1] },
  ]);
  return { growth: series.close[last] / base - 1, pairs, levels, matched, matchedRate };
}
