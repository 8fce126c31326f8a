import { mean } from '../../risk/columns.ts';
import { statistic } from '../../risk/statistic.ts';
import { ofTrades, type StatisticDefinition } from './define.ts';

/** Mean bars from entry to exit, open trades to the last bar. */
export const averageBarsHeld: StatisticDefinition = {
  name: 'averageBarsHeld',
  label: 'Average holding',
  unit: 'BARS',
  description: 'Mean bars from entry to exit, open trades to the last bar.',
  compute: ofTrades(({ trades, position }) => {
    const end = position.length - 1;
    const held = Array.from(
      trades.entryIndex,
      (entry, i) => (trades.exitIndex[i] < 0 ? end : trades.exitIndex[i]) - entry,
    );
    return statistic(mean(held), 'there were no trades');
  }),
};
