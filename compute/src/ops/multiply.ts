import { defineOp, series } from './define.ts';

/** a * b. */
export const multiply = defineOp({
  name: 'multiply',
  group: 'arithmetic',
  summary: 'a * b',
  inputs: [series('a'), series('b')],
});
