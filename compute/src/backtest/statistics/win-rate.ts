import { statistic } from '../../risk/statistic.ts';
import { ofTrades, type StatisticDefinition } from './define.ts';

/** Trades with a profit after fees over all trades. */
export const winRate: StatisticDefinition = {
  name: 'winRate',
  label: 'Win rate',
  unit: 'FRACTION',
  description: 'Trades with a profit after fees over all trades.',
  compute: ofTrades(({ trades }) => {
    const wins = trades.profit.filter((profit) => profit > 0).length;
    return statistic(wins / trades.profit.length, 'there were no trades');
  }),
};
