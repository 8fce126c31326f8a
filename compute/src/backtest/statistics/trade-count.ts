import { ofTrades, type StatisticDefinition } from './define.ts';

/** Round trips from flat to flat, the open one included. */
export const tradeCount: StatisticDefinition = {
  name: 'tradeCount',
  label: 'Trades',
  unit: 'COUNT',
  description: 'Round trips from flat to flat, the open one included.',
  compute: ofTrades(({ trades }) => ({ value: trades.direction.length })),
};
