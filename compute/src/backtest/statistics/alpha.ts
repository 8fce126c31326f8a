import { mean, simpleReturns } from '../../risk/columns.ts';
import { statistic } from '../../risk/statistic.ts';
import { beta } from './beta.ts';
import { ofTrades, type StatisticDefinition } from './define.ts';

/** Annualised mean excess return beyond beta times that of the instrument or of equal parts of a universe (Jensen 1968). */
export const alpha: StatisticDefinition = {
  name: 'alpha',
  label: 'Alpha',
  unit: 'FRACTION',
  description:
    'Annualised mean excess return beyond beta times that of the instrument or of equal parts of a universe (Jensen 1968).',
  compute: ofTrades(({ close }, input) => {
    const free = (1 + input.riskFreeRate) ** (1 / input.periodsPerYear) - 1;
    const market = mean(simpleReturns(close)) - free;
    const alpha = mean(input.returns) - free - (beta.compute(input)?.value ?? NaN) * market;
    return statistic(alpha * input.periodsPerYear, 'the instrument did not move');
  }),
};
