import type { Statistic } from '../service/contract.ts';
import { mean } from './columns.ts';
import { type Numbers, smallest } from './select.ts';
import { statistic, withEnough } from './statistic.ts';

/**
 * Historical expected shortfall (conditional value at risk): the mean loss over the worst
 * (1 - confidence) of past returns, as a positive fraction: the mean of the floor((n - 1)(1 - confidence)) + 1
 * smallest (as empyrical's conditional_value_at_risk, sign turned). Undefined below two returns.
 */
export function expectedShortfall(
  returns: Numbers,
  confidence: number,
  select: typeof smallest = smallest,
): Statistic {
  return withEnough(returns.length, 2, 'returns', () => {
    // 10 * (1 - 0.9) is just below 1 in binary: the nudge keeps the count that was meant.
    const count = Math.floor((returns.length - 1) * (1 - confidence) + 1e-9) + 1;
    return statistic(
      Math.max(0, -mean(select(returns, count))),
      'the returns hold values that are not numbers',
    );
  });
}
