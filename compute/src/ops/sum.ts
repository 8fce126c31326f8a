import { defineOp, length, series, windowWarmUp } from './define.ts';

/** The sum of the window. */
export const sum = defineOp({
  name: 'sum',
  group: 'windows',
  summary: 'The sum of the window.',
  inputs: [series('source'), length()],
  warmUp: windowWarmUp,
});
