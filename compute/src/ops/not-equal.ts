import { defineOp, series } from './define.ts';

/** a != b; false where either is NaN. */
export const notEqual = defineOp({
  name: 'not_equal',
  group: 'logic',
  summary: 'a != b; false where either is NaN',
  inputs: [series('a'), series('b')],
  output: 'bool',
});
