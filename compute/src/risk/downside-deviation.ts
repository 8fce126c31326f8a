import type { Statistic } from '../service/contract.ts';
import { statistic, withEnough } from './statistic.ts';

/** Annualised downside deviation: the root mean square of returns below the required one, over all returns (Sortino). */
export function downsideDeviation(
  returns: Float64Array,
  requiredReturn: number,
  periodsPerYear: number,
): Statistic {
  return withEnough(returns.length, 1, 'returns', () => {
    let squares = 0;
    for (const value of returns) {
      const below = value - requiredReturn;
      if (below < 0) squares += below * below;
    }
    const deviation = Math.sqrt(squares / returns.length) * Math.sqrt(periodsPerYear);
    return statistic(deviation, 'the returns hold values that are not numbers');
  });
}
