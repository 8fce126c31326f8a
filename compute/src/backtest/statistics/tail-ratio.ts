import { quantileOfSorted } from '../../risk/columns.ts';
import { statistic, withEnough } from '../../risk/statistic.ts';
import type { StatisticDefinition } from './define.ts';

/** The 95th percentile of bar returns over the magnitude of the 5th. */
export const tailRatio: StatisticDefinition = {
  name: 'tailRatio',
  label: 'Tail ratio',
  unit: 'RATIO',
  description: 'The 95th percentile of bar returns over the magnitude of the 5th.',
  compute: ({ returns }) =>
    withEnough(returns.length, 2, 'returns', () => {
      const sorted = returns.toSorted();
      const ratio = quantileOfSorted(sorted, 0.95) / Math.abs(quantileOfSorted(sorted, 0.05));
      return statistic(ratio, 'the 5th percentile is zero');
    }),
};
