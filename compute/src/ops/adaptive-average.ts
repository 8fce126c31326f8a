import { defineOp, series } from './define.ts';

/**
 * value + weight (source - value) on each bar, from the first bar on which all three are known, where the
 * value before it is `start`. A value missing later gives NaN on its bar and leaves the average as it was.
 */
export const adaptiveAverage = defineOp({
  name: 'adaptive_average',
  group: 'averages',
  summary: 'An average that moves by `weight` of each distance from the source; begins from `start`.',
  inputs: [series('source'), series('weight'), series('start')],
});
