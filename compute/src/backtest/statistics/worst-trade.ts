import { statistic } from '../../risk/statistic.ts';
import { ofTrades, type StatisticDefinition } from './define.ts';

/** The smallest return of a trade on its entry value, after fees. */
export const worstTrade: StatisticDefinition = {
  name: 'worstTrade',
  label: 'Worst trade',
  unit: 'FRACTION',
  description: 'The smallest return of a trade on its entry value, after fees.',
  compute: ofTrades(({ trades }) =>
    statistic(
      trades.returns.reduce((worst, value) => Math.min(worst, value), Infinity),
      'there were no trades',
    ),
  ),
};
