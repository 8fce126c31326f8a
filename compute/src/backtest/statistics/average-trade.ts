import { mean } from '../../risk/columns.ts';
import { statistic } from '../../risk/statistic.ts';
import { ofTrades, type StatisticDefinition } from './define.ts';

/** Mean return per trade on its entry value, after fees. */
export const averageTrade: StatisticDefinition = {
  name: 'averageTrade',
  label: 'Average trade',
  unit: 'FRACTION',
  description: 'Mean return per trade on its entry value, after fees.',
  compute: ofTrades(({ trades }) => statistic(mean(trades.returns), 'there were no trades')),
};
