import type { BenchmarkPeriod } from './benchmark-period.ts';
import { annualised, type Figure, type MeasuredPeriod } from './performance.ts';
import { type RelativeFigures, relativeFigures } from './relative.ts';
import { timeWeightedReturn } from './time-weighted.ts';

/** Every figure of a portfolio beside a benchmark, each with how it came about. */
export interface BenchmarkFigures extends RelativeFigures {
  readonly benchmarkReturn: Figure;
  readonly excess: Figure;
  /** The rate that the same money would have earned in the benchmark. */
  readonly matchedFigure: Figure;
}

/** Makes the figures of a period beside a benchmark. */
export function benchmarkFigures(period: MeasuredPeriod, result: BenchmarkPeriod): BenchmarkFigures {
  const own = timeWeightedReturn(period.growth);
  const inputs = [
    { name: 'Rp', value: own },
    { name: 'Rb', value: result.growth },
  ];
  const defined = { reason: null, roots: [] };
  const { rate, roots, reason } = result.matchedRate;
  return {
    ...relativeFigures(result.pairs),
    benchmarkReturn: {
      ...defined,
      value: result.growth,
      ...annualised(result.growth, period),
      formula: 'last close / close at the start, less 1',
      convention:
        'Closes at or before both ends of the period, in the base currency; its first close where it begins later. What it paid out is not in its closes.',
      inputs: inputs.slice(1),
    },
    excess: {
      ...defined,
      value: own - result.growth,
      annualised: null,
      annualisedReason: null,
      formula: 'Rp - Rb',
      convention:
        'Rp is the time-weighted return of the portfolio, Rb the return of the benchmark, both over the whole period.',
      inputs,
    },
    matchedFigure: {
      value: rate,
      annualised: rate,
      annualisedReason: reason,
      reason,
      formula:
        'the yearly rate r at which V0 and all flows, each grown by (1 + r) ^ (days left / 365), make V1',
      convention:
        'V1 is what V0 and all flows would be worth had each bought the benchmark at its last close.',
      inputs: [
        { name: 'V0', value: period.startValue },
        { name: 'V1', value: result.matched[result.matched.length - 1] },
      ],
      roots,
    },
  };
}
