import { defineOp, length, series, windowWarmUp } from './define.ts';

/** The Pearson correlation of a and b over the window; NaN where either is constant. */
export const correlation = defineOp({
  name: 'correlation',
  group: 'windows',
  summary: 'The Pearson correlation of a and b over the window; NaN where either is constant.',
  inputs: [series('a'), series('b'), length()],
  warmUp: windowWarmUp,
});
