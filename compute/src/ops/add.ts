import { defineOp, series } from './define.ts';

/** a + b. */
export const add = defineOp({
  name: 'add',
  group: 'arithmetic',
  summary: 'a + b',
  inputs: [series('a'), series('b')],
});
