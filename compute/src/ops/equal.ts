import { defineOp, series } from './define.ts';

/** a == b. */
export const equal = defineOp({
  name: 'equal',
  group: 'logic',
  summary: 'a == b',
  inputs: [series('a'), series('b')],
  output: 'bool',
});
