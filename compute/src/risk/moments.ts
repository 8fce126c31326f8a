import type { Statistic } from '../service/contract.ts';
import { mean } from './columns.ts';
import { statistic, withEnough } from './statistic.ts';

/** Skewness: the third central moment over the standard deviation cubed (population moments, as SciPy's skew). */
export function skewness(returns: Float64Array): Statistic {
  return withEnough(returns.length, 3, 'returns', () =>
    statistic(centralMoment(returns, 3) / centralMoment(returns, 2) ** 1.5, 'every return is the same'),
  );
}

/** Excess kurtosis: the fourth central moment over the variance squared, minus 3 (population moments, as SciPy's kurtosis). */
export function excessKurtosis(returns: Float64Array): Statistic {
  return withEnough(returns.length, 4, 'returns', () =>
    statistic(centralMoment(returns, 4) / centralMoment(returns, 2) ** 2 - 3, 'every return is the same'),
  );
}

function centralMoment(values: Float64Array, power: number): number {
  const centre = mean(values);
  return mean(values.map((value) => (value - centre) ** power));
}
