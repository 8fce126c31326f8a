import { defineOp, length, series, windowWarmUp } from './define.ts';

/** Wilder's average: an exponential one with weight 1 / length. */
export const rma = defineOp({
  name: 'rma',
  group: 'averages',
  summary: "Wilder's average: an exponential one with weight 1 / length.",
  inputs: [series('source'), length()],
  warmUp: windowWarmUp,
});
