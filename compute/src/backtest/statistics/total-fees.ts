import { ofTrades, type StatisticDefinition } from './define.ts';

/** The sum of all commissions. */
export const totalFees: StatisticDefinition = {
  name: 'totalFees',
  label: 'Fees paid',
  unit: 'CURRENCY',
  description: 'The sum of all commissions.',
  compute: ofTrades(({ fills }) => ({ value: fills.fee.reduce((total, fee) => total + fee, 0) })),
};
