import { maxDrawdown as measure } from '../../risk/max-drawdown.ts';
import type { StatisticDefinition } from './define.ts';

/** The deepest fall from a running peak, as a positive fraction of the peak. */
export const maxDrawdown: StatisticDefinition = {
  name: 'maxDrawdown',
  label: 'Deepest drawdown',
  unit: 'FRACTION',
  description: 'The deepest fall from a running peak, as a positive fraction of the peak.',
  compute: ({ drawdown }) => measure(drawdown),
};
