import { statistic, withEnough } from '../../risk/statistic.ts';
import type { StatisticDefinition } from './define.ts';

/** Last equity over first, minus 1. */
export const totalReturn: StatisticDefinition = {
  name: 'totalReturn',
  label: 'Total return',
  unit: 'FRACTION',
  description: 'Last equity over first, minus 1.',
  compute: ({ equity }) =>
    withEnough(equity.length, 2, 'levels', () =>
      statistic(equity[equity.length - 1] / equity[0] - 1, 'the first level is zero'),
    ),
};
