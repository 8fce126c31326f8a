import { defineOp, bool } from './define.ts';

/** a or b or both. */
export const or = defineOp({
  name: 'or',
  group: 'logic',
  summary: 'a or b or both.',
  inputs: [bool('a'), bool('b')],
  output: 'bool',
});
