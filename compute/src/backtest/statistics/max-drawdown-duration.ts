import { drawdownEpisodes } from '../../risk/drawdown-episodes.ts';
import { statistic } from '../../risk/statistic.ts';
import type { StatisticDefinition } from './define.ts';

/** The longest time from a peak to its recovery, or to the end where it has not recovered. */
export const maxDrawdownDuration: StatisticDefinition = {
  name: 'maxDrawdownDuration',
  label: 'Longest drawdown',
  unit: 'DAYS',
  description: 'The longest time from a peak to its recovery, or to the end where it has not recovered.',
  compute: ({ equity, timesMs }) => {
    const end = timesMs[timesMs.length - 1];
    const days = drawdownEpisodes(equity, timesMs, Infinity).map(
      ({ peakMs, recoveryMs }) => ((recoveryMs ?? end) - peakMs) / 86_400_000,
    );
    return statistic(
      days.reduce((longest, value) => Math.max(longest, value), -Infinity),
      'there was no drawdown',
    );
  },
};
