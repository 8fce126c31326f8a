import { defineOp, series } from './define.ts';

/** a >= b. */
export const greaterEqual = defineOp({
  name: 'greater_equal',
  group: 'logic',
  summary: 'a >= b',
  inputs: [series('a'), series('b')],
  output: 'bool',
});
