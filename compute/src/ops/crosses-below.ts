import { defineOp, series } from './define.ts';

/** a was at or above b on the bar before and is below it now. */
export const crossesBelow = defineOp({
  name: 'crosses_below',
  group: 'logic',
  summary: 'a was at or above b on the bar before and is below it now.',
  inputs: [series('a'), series('b')],
  output: 'bool',
  warmUp: () => 1,
});
