import { maxDrawdown } from '../../risk/max-drawdown.ts';
import { statistic } from '../../risk/statistic.ts';
import { cagr } from './cagr.ts';
import type { StatisticDefinition } from './define.ts';

/** Annual growth over the deepest drawdown (Young 1991). */
export const calmar: StatisticDefinition = {
  name: 'calmar',
  label: 'Calmar ratio',
  unit: 'RATIO',
  description: 'Annual growth over the deepest drawdown (Young 1991).',
  compute: (input) => {
    const growth = cagr.compute(input)?.value ?? NaN;
    return statistic(
      growth / (maxDrawdown(input.drawdown).value ?? NaN),
      'there was no drawdown, or too little history',
    );
  },
};
