import { mean, standardDeviation } from '../../risk/columns.ts';
import { statistic, withEnough } from '../../risk/statistic.ts';
import { ofTrades, type StatisticDefinition } from './define.ts';

/** Mean profit per trade over its sample standard deviation, times the root of the number of trades (Tharp). */
export const systemQuality: StatisticDefinition = {
  name: 'systemQuality',
  label: 'System quality (SQN)',
  unit: 'RATIO',
  description:
    'Mean profit per trade over its sample standard deviation, times the root of the number of trades (Tharp).',
  compute: ofTrades(({ trades: { profit } }) =>
    withEnough(profit.length, 2, 'trades', () => {
      const quality = (Math.sqrt(profit.length) * mean(profit)) / standardDeviation(profit);
      return statistic(quality, 'every trade gave the same');
    }),
  ),
};
