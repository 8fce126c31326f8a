import type { Statistic } from '../service/contract.ts';
import { type Numbers, quantile, smallest } from './select.ts';
import { statistic, withEnough } from './statistic.ts';

/**
 * Historical value at risk: the loss that the worst (1 - confidence) of past returns reach, as a
 * positive fraction: minus the interpolated quantile (as empyrical's value_at_risk, sign turned).
 * Undefined below two returns; 0 where even that quantile is a gain.
 */
export function valueAtRisk(
  returns: Numbers,
  confidence: number,
  select: typeof smallest = smallest,
): Statistic {
  return withEnough(returns.length, 2, 'returns', () => {
    const tail = quantile(returns, 1 - confidence, select);
    return statistic(Math.max(0, -tail), 'the returns hold values that are not numbers');
  });
}
