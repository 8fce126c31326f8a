import { defineOp, length, series, windowWarmUp } from './define.ts';

/** The slope per bar of the least-squares line through the window. */
export const slope = defineOp({
  name: 'slope',
  group: 'windows',
  summary: 'The slope per bar of the least-squares line through the window.',
  inputs: [series('source'), length()],
  warmUp: windowWarmUp,
});
