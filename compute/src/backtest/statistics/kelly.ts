import { statistic } from '../../risk/statistic.ts';
import { payoffRatio } from './payoff-ratio.ts';
import { winRate } from './win-rate.ts';
import { ofTrades, type StatisticDefinition } from './define.ts';

/** Win rate minus the loss rate over the payoff ratio (Kelly 1956). */
export const kelly: StatisticDefinition = {
  name: 'kelly',
  label: 'Kelly fraction',
  unit: 'FRACTION',
  description: 'Win rate minus the loss rate over the payoff ratio (Kelly 1956).',
  compute: ofTrades(({ trades }, input) => {
    const wins = winRate.compute(input)?.value ?? NaN;
    const losses = trades.profit.filter((profit) => profit < 0).length / trades.profit.length;
    const payoff = payoffRatio.compute(input)?.value ?? NaN;
    return statistic(wins - losses / payoff, 'there is no winning or no losing trade');
  }),
};
