import { defineOp, series } from './define.ts';

/** a was at or below b on the bar before and is above it now. */
export const crossesAbove = defineOp({
  name: 'crosses_above',
  group: 'logic',
  summary: 'a was at or below b on the bar before and is above it now.',
  inputs: [series('a'), series('b')],
  output: 'bool',
  warmUp: () => 1,
});
