import { defineOp, length, series, windowWarmUp } from './define.ts';

/** Bars since the smallest value of the window; the newest of equals. */
export const barsSinceLowest = defineOp({
  name: 'bars_since_lowest',
  group: 'windows',
  summary: 'Bars since the smallest value of the window; the newest of equals.',
  inputs: [series('source'), length()],
  warmUp: windowWarmUp,
});
