import { defineOp, length, series, windowWarmUp } from './define.ts';

/** The mean absolute deviation from the mean of the window. */
export const meanDeviation = defineOp({
  name: 'mean_deviation',
  group: 'windows',
  summary: 'The mean absolute deviation from the mean of the window.',
  inputs: [series('source'), length()],
  warmUp: windowWarmUp,
});
