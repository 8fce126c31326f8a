import type { Statistic } from '../service/contract.ts';
import { standardDeviation } from './columns.ts';
import { statistic, withEnough } from './statistic.ts';

/** Annualised volatility: the sample standard deviation of returns times the root of periods per year. */
export function volatility(returns: Float64Array, periodsPerYear: number): Statistic {
  return withEnough(returns.length, 2, 'returns', () =>
    statistic(
      standardDeviation(returns) * Math.sqrt(periodsPerYear),
      'the returns hold values that are not numbers',
    ),
  );
}
