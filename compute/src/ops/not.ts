import { defineOp, bool } from './define.ts';

/** Where a is false. */
export const not = defineOp({
  name: 'not',
  group: 'logic',
  summary: 'Where a is false.',
  inputs: [bool('a')],
  output: 'bool',
});
