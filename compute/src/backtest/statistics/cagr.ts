import { statistic, withEnough } from '../../risk/statistic.ts';
import type { StatisticDefinition } from './define.ts';

/** The constant yearly rate that turns the first equity into the last over the calendar time between them (years of 365.25 days). */
export const cagr: StatisticDefinition = {
  name: 'cagr',
  label: 'Annual growth (CAGR)',
  unit: 'FRACTION',
  description:
    'The constant yearly rate that turns the first equity into the last over the calendar time between them (years of 365.25 days).',
  compute: ({ equity, timesMs }) =>
    withEnough(equity.length, 2, 'levels', () => {
      const years = (timesMs[timesMs.length - 1] - timesMs[0]) / (365.25 * 86_400_000);
      const growth = equity[equity.length - 1] / equity[0];
      return statistic(growth ** (1 / years) - 1, 'the equity fell to zero or below, or no time passed');
    }),
};
