import { excessKurtosis as measure } from '../../risk/moments.ts';
import type { StatisticDefinition } from './define.ts';

/** Fourth central moment of bar returns over the variance squared, minus 3. */
export const excessKurtosis: StatisticDefinition = {
  name: 'excessKurtosis',
  label: 'Excess kurtosis',
  unit: 'RATIO',
  description: 'Fourth central moment of bar returns over the variance squared, minus 3.',
  compute: ({ returns }) => measure(returns),
};
