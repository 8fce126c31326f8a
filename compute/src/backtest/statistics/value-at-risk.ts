import { valueAtRisk as measure } from '../../risk/value-at-risk.ts';
import type { StatisticDefinition } from './define.ts';

/** The loss that the worst 5% of bar returns reach (historical, interpolated quantile). */
export const valueAtRisk: StatisticDefinition = {
  name: 'valueAtRisk',
  label: 'Value at risk 95%, 1 bar',
  unit: 'FRACTION',
  description: 'The loss that the worst 5% of bar returns reach (historical, interpolated quantile).',
  compute: ({ returns }) => measure(returns, 0.95),
};
