import { defineOp, series } from './define.ts';

/** a - b. */
export const subtract = defineOp({
  name: 'subtract',
  group: 'arithmetic',
  summary: 'a - b',
  inputs: [series('a'), series('b')],
});
