import { mean } from '../../risk/columns.ts';
import { statistic } from '../../risk/statistic.ts';
import { ofTrades, type StatisticDefinition } from './define.ts';

/** Mean profit per trade after fees. */
export const expectancy: StatisticDefinition = {
  name: 'expectancy',
  label: 'Expectancy',
  unit: 'CURRENCY',
  description: 'Mean profit per trade after fees.',
  compute: ofTrades(({ trades }) => statistic(mean(trades.profit), 'there were no trades')),
};
