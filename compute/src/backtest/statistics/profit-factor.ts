import { statistic } from '../../risk/statistic.ts';
import { ofTrades, type StatisticDefinition } from './define.ts';

/** Sum of profits of winning trades over the magnitude of the sum of losing ones, in money after fees. */
export const profitFactor: StatisticDefinition = {
  name: 'profitFactor',
  label: 'Profit factor',
  unit: 'RATIO',
  description:
    'Sum of profits of winning trades over the magnitude of the sum of losing ones, in money after fees.',
  compute: ofTrades(({ trades }) => {
    let [won, lost] = [0, 0];
    for (const profit of trades.profit) {
      if (profit > 0) won += profit;
      else lost -= profit;
    }
    return statistic(won / lost, 'no trade lost');
  }),
};
