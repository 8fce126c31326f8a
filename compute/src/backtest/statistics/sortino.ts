import { mean } from '../../risk/columns.ts';
import { downsideDeviation } from '../../risk/downside-deviation.ts';
import { statistic, withEnough } from '../../risk/statistic.ts';
import type { StatisticDefinition } from './define.ts';

/** Annualised mean excess return over the annualised downside deviation below the risk-free rate (Sortino and Price 1994). */
export const sortino: StatisticDefinition = {
  name: 'sortino',
  label: 'Sortino ratio',
  unit: 'RATIO',
  description:
    'Annualised mean excess return over the annualised downside deviation below the risk-free rate (Sortino and Price 1994).',
  compute: ({ returns, periodsPerYear, riskFreeRate }) =>
    withEnough(returns.length, 2, 'returns', () => {
      const free = (1 + riskFreeRate) ** (1 / periodsPerYear) - 1;
      const downside = downsideDeviation(returns, free, periodsPerYear).value ?? NaN;
      return statistic(
        ((mean(returns) - free) * periodsPerYear) / downside,
        'no return was below the risk-free rate',
      );
    }),
};
