import { ulcerIndex as measure } from '../../risk/ulcer-index.ts';
import type { StatisticDefinition } from './define.ts';

/** Root mean square of the drawdown series (Martin 1987). */
export const ulcerIndex: StatisticDefinition = {
  name: 'ulcerIndex',
  label: 'Ulcer index',
  unit: 'FRACTION',
  description: 'Root mean square of the drawdown series (Martin 1987).',
  compute: ({ drawdown }) => measure(drawdown),
};
