import { mean } from '../../risk/columns.ts';
import { statistic, withEnough } from '../../risk/statistic.ts';
import { ofTrades, type StatisticDefinition } from './define.ts';

/** Mean profit per trade over its population standard deviation, times the root of the number of trades (Tharp). */
export const systemQuality: StatisticDefinition = {
  name: 'systemQuality',
  label: 'System quality (SQN)',
  unit: 'RATIO',
  description:
    'Mean profit per trade over its population standard deviation, times the root of the number of trades (Tharp).',
  compute: ofTrades(({ trades: { profit } }) =>
    withEnough(profit.length, 2, 'trades', () => {
      const centre = mean(profit);
      const spread = Math.sqrt(mean(profit.map((value) => (value - centre) ** 2)));
      return statistic((Math.sqrt(profit.length) * centre) / spread, 'every trade gave the same');
    }),
  ),
};
