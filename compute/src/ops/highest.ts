import { defineOp, length, series, windowWarmUp } from './define.ts';

/** The largest value of the window. */
export const highest = defineOp({
  name: 'highest',
  group: 'windows',
  summary: 'The largest value of the window.',
  inputs: [series('source'), length()],
  warmUp: windowWarmUp,
});
