import { defineOp, series } from './define.ts';

/** a / b; NaN where b is 0. */
export const divide = defineOp({
  name: 'divide',
  group: 'arithmetic',
  summary: 'a / b; NaN where b is 0',
  inputs: [series('a'), series('b')],
});
