import { statistic } from '../../risk/statistic.ts';
import { ofTrades, type StatisticDefinition } from './define.ts';

/** Last close over first, minus 1: what holding the instrument, or equal parts of a universe, gave without costs. */
export const buyAndHoldReturn: StatisticDefinition = {
  name: 'buyAndHoldReturn',
  label: 'Buy and hold return',
  unit: 'FRACTION',
  description:
    'Last close over first, minus 1: what holding the instrument, or equal parts of a universe, gave without costs.',
  compute: ofTrades(({ close }) => statistic(close[close.length - 1] / close[0] - 1, 'there are no bars')),
};
