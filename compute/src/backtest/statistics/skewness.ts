import { skewness as measure } from '../../risk/moments.ts';
import type { StatisticDefinition } from './define.ts';

/** Third central moment of bar returns over the standard deviation cubed. */
export const skewness: StatisticDefinition = {
  name: 'skewness',
  label: 'Skewness',
  unit: 'RATIO',
  description: 'Third central moment of bar returns over the standard deviation cubed.',
  compute: ({ returns }) => measure(returns),
};
