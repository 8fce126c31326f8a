import { mean, RETURN_NOISE, standardDeviation } from '../../risk/columns.ts';
import { statistic, withEnough } from '../../risk/statistic.ts';
import type { StatisticDefinition } from './define.ts';

/** Mean excess return over its sample standard deviation, annualised by the root of periods per year (Sharpe 1994; arithmetic). */
export const sharpe: StatisticDefinition = {
  name: 'sharpe',
  label: 'Sharpe ratio',
  unit: 'RATIO',
  description:
    'Mean excess return over its sample standard deviation, annualised by the root of periods per year (Sharpe 1994; arithmetic).',
  compute: ({ returns, periodsPerYear, riskFreeRate }) =>
    withEnough(returns.length, 2, 'returns', () => {
      const free = (1 + riskFreeRate) ** (1 / periodsPerYear) - 1;
      const deviation = standardDeviation(returns);
      const ratio = ((mean(returns) - free) / deviation) * Math.sqrt(periodsPerYear);
      return statistic(deviation > RETURN_NOISE ? ratio : NaN, 'every return is the same');
    }),
};
