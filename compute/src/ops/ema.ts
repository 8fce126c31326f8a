import { defineOp, length, series, windowWarmUp } from './define.ts';

/** Exponential moving average with weight 2 / (length + 1). */
export const ema = defineOp({
  name: 'ema',
  group: 'averages',
  summary: 'Exponential moving average with weight 2 / (length + 1).',
  inputs: [series('source'), length()],
  warmUp: windowWarmUp,
});
