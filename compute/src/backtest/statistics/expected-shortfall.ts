import { expectedShortfall as measure } from '../../risk/expected-shortfall.ts';
import type { StatisticDefinition } from './define.ts';

/** The mean loss over the worst 5% of bar returns (historical). */
export const expectedShortfall: StatisticDefinition = {
  name: 'expectedShortfall',
  label: 'Expected shortfall 95%, 1 bar',
  unit: 'FRACTION',
  description: 'The mean loss over the worst 5% of bar returns (historical).',
  compute: ({ returns }) => measure(returns, 0.95),
};
