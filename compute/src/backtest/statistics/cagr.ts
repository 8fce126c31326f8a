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
      // A negative base has a power for some exponents, but never a meaning here.
      const rate = growth >= 0 ? growth ** (1 / years) - 1 : NaN;
      return statistic(rate, 'the equity fell below zero, or no time passed');
    }),
};
