import { statistic } from '../../risk/statistic.ts';
import type { StatisticDefinition } from './define.ts';

/** Sum of returns above zero over the magnitude of the sum below (Keating and Shadwick 2002, threshold 0). */
export const omega: StatisticDefinition = {
  name: 'omega',
  label: 'Omega ratio',
  unit: 'RATIO',
  description:
    'Sum of returns above zero over the magnitude of the sum below (Keating and Shadwick 2002, threshold 0).',
  compute: ({ returns }) => {
    let [above, below] = [0, 0];
    for (const value of returns) {
      if (value > 0) above += value;
      else below -= value;
    }
    return statistic(above / below, 'no return was below zero');
  },
};
