import { defineOp, length, series, windowWarmUp } from './define.ts';

/** Linearly weighted moving average; the newest bar weighs most. */
export const wma = defineOp({
  name: 'wma',
  group: 'averages',
  summary: 'Linearly weighted moving average; the newest bar weighs most.',
  inputs: [series('source'), length()],
  warmUp: windowWarmUp,
});
