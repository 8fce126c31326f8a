import { defineOp, length, series, windowWarmUp } from './define.ts';

/** Bars since the largest value of the window; the newest of equals. */
export const barsSinceHighest = defineOp({
  name: 'bars_since_highest',
  group: 'windows',
  summary: 'Bars since the largest value of the window; the newest of equals.',
  inputs: [series('source'), length()],
  warmUp: windowWarmUp,
});
