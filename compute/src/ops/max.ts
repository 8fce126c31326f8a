import { defineOp, series } from './define.ts';

/** The larger of a and b. */
export const max = defineOp({
  name: 'max',
  group: 'arithmetic',
  summary: 'The larger of a and b.',
  inputs: [series('a'), series('b')],
});
