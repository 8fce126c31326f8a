import { defineOp, bool } from './define.ts';

/** Both a and b. */
export const and = defineOp({
  name: 'and',
  group: 'logic',
  summary: 'Both a and b.',
  inputs: [bool('a'), bool('b')],
  output: 'bool',
});
