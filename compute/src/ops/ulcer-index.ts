import { defineOp, length, series, windowWarmUp } from './define.ts';

/**
 * Martin's ulcer index over a sliding window: the drop of each bar from the highest value of the window up
 * to that bar.
 */
export const ulcerIndex = defineOp({
  name: 'ulcer_index',
  group: 'bands',
  summary: 'The root of the mean squared percent drop from the highest value of the window so far.',
  inputs: [series('source'), length(14)],
  warmUp: windowWarmUp,
});
