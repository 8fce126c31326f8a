import { mean } from '../../risk/columns.ts';
import { statistic } from '../../risk/statistic.ts';
import { ofTrades, type StatisticDefinition } from './define.ts';

/** Traded value per year over the mean equity. */
export const turnover: StatisticDefinition = {
  name: 'turnover',
  label: 'Turnover',
  unit: 'RATIO',
  description: 'Traded value per year over the mean equity.',
  compute: ofTrades(({ fills }, { equity, periodsPerYear }) => {
    let traded = 0;
    for (let i = 0; i < fills.price.length; i += 1) traded += fills.price[i] * fills.quantity[i];
    return statistic(traded / mean(equity) / (equity.length / periodsPerYear), 'there are no bars');
  }),
};
