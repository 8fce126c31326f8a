import { statistic } from '../../risk/statistic.ts';
import { ofTrades, type StatisticDefinition } from './define.ts';

/** Bars with an open position over all bars. */
export const exposure: StatisticDefinition = {
  name: 'exposure',
  label: 'Exposure',
  unit: 'FRACTION',
  description: 'Bars with an open position over all bars.',
  compute: ofTrades(({ position }) => {
    let held = 0;
    for (const units of position) if (units !== 0) held += 1;
    return statistic(held / position.length, 'there are no bars');
  }),
};
