import { defineOp, length, series, windowWarmUp } from './define.ts';

/** Simple moving average: differences of one running sum, divided by the length. */
export const sma = defineOp({
  name: 'sma',
  group: 'averages',
  summary: 'Simple moving average: differences of one running sum, divided by the length.',
  inputs: [series('source'), length()],
  warmUp: windowWarmUp,
});
