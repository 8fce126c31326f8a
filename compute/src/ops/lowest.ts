import { defineOp, length, series, windowWarmUp } from './define.ts';

/** The smallest value of the window. */
export const lowest = defineOp({
  name: 'lowest',
  group: 'windows',
  summary: 'The smallest value of the window.',
  inputs: [series('source'), length()],
  warmUp: windowWarmUp,
});
