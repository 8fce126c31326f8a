import { statistic } from '../../risk/statistic.ts';
import { ofTrades, type StatisticDefinition } from './define.ts';

/** The largest return of a trade on its entry value, after fees. */
export const bestTrade: StatisticDefinition = {
  name: 'bestTrade',
  label: 'Best trade',
  unit: 'FRACTION',
  description: 'The largest return of a trade on its entry value, after fees.',
  compute: ofTrades(({ trades }) =>
    statistic(
      trades.returns.reduce((best, value) => Math.max(best, value), -Infinity),
      'there were no trades',
    ),
  ),
};
