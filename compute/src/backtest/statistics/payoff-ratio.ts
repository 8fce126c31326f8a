import { mean } from '../../risk/columns.ts';
import { statistic } from '../../risk/statistic.ts';
import { ofTrades, type StatisticDefinition } from './define.ts';

/** Mean profit of winning trades over the magnitude of the mean loss of losing ones. */
export const payoffRatio: StatisticDefinition = {
  name: 'payoffRatio',
  label: 'Payoff ratio',
  unit: 'RATIO',
  description: 'Mean profit of winning trades over the magnitude of the mean loss of losing ones.',
  compute: ofTrades(({ trades }) => {
    const won = mean(trades.profit.filter((profit) => profit > 0));
    const lost = mean(trades.profit.filter((profit) => profit < 0));
    return statistic(won / Math.abs(lost), 'there is no winning or no losing trade');
  }),
};
