import type { Statistic } from '../service/contract.ts';
import { mean, RETURN_NOISE } from './columns.ts';
import { statistic, withEnough } from './statistic.ts';

/** Skewness: the third central moment over the standard deviation cubed (population moments, as SciPy's skew). */
export function skewness(returns: Float64Array): Statistic {
  return withEnough(returns.length, 3, 'returns', () => standardised(returns, 3));
}

/** Excess kurtosis: the fourth central moment over the variance squared, minus 3 (population moments, as SciPy's kurtosis). */
export function excessKurtosis(returns: Float64Array): Statistic {
  return withEnough(returns.length, 4, 'returns', () => standardised(returns, 4, 3));
}

/** The central moment over that power of the standard deviation, less that of the normal distribution. */
function standardised(returns: Float64Array, power: number, normal = 0): Statistic {
  const deviation = Math.sqrt(centralMoment(returns, 2));
  const ratio = centralMoment(returns, power) / deviation ** power - normal;
  return statistic(deviation > RETURN_NOISE ? ratio : NaN, 'every return is the same');
}

function centralMoment(values: Float64Array, power: number): number {
  const centre = mean(values);
  return mean(values.map((value) => (value - centre) ** power));
}
