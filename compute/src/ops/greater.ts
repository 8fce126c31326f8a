import { defineOp, series } from './define.ts';

/** a > b. */
export const greater = defineOp({
  name: 'greater',
  group: 'logic',
  summary: 'a > b',
  inputs: [series('a'), series('b')],
  output: 'bool',
});
