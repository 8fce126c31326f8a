import { defineOp, series } from './define.ts';

/** a < b. */
export const less = defineOp({
  name: 'less',
  group: 'logic',
  summary: 'a < b',
  inputs: [series('a'), series('b')],
  output: 'bool',
});
