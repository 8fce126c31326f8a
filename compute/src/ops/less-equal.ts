import { defineOp, series } from './define.ts';

/** a <= b. */
export const lessEqual = defineOp({
  name: 'less_equal',
  group: 'logic',
  summary: 'a <= b',
  inputs: [series('a'), series('b')],
  output: 'bool',
});
