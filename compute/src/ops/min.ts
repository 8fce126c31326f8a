import { defineOp, series } from './define.ts';

/** The smaller of a and b. */
export const min = defineOp({
  name: 'min',
  group: 'arithmetic',
  summary: 'The smaller of a and b.',
  inputs: [series('a'), series('b')],
});
