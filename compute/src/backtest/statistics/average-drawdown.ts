import { mean } from '../../risk/columns.ts';
import { drawdownEpisodes } from '../../risk/drawdown-episodes.ts';
import { statistic } from '../../risk/statistic.ts';
import type { StatisticDefinition } from './define.ts';

/** The mean depth of all falls from a peak. */
export const averageDrawdown: StatisticDefinition = {
  name: 'averageDrawdown',
  label: 'Average drawdown',
  unit: 'FRACTION',
  description: 'The mean depth of all falls from a peak.',
  compute: ({ equity, timesMs }) => {
    const depths = drawdownEpisodes(equity, timesMs, Infinity).map(({ depth }) => depth);
    return statistic(mean(depths), 'there was no drawdown');
  },
};
