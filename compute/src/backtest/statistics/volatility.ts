import { volatility as measure } from '../../risk/volatility.ts';
import type { StatisticDefinition } from './define.ts';

/** Sample standard deviation of bar returns, annualised by the root of periods per year. */
export const volatility: StatisticDefinition = {
  name: 'volatility',
  label: 'Volatility',
  unit: 'FRACTION',
  description: 'Sample standard deviation of bar returns, annualised by the root of periods per year.',
  compute: ({ returns, periodsPerYear }) => measure(returns, periodsPerYear),
};
