import { defineOp, series } from './define.ts';

/** a to the power b; NaN where that is no number. */
export const power = defineOp({
  name: 'power',
  group: 'arithmetic',
  summary: 'a to the power b; NaN where that is no number.',
  inputs: [series('a'), series('b')],
});
