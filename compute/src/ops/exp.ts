import { defineOp, series } from './define.ts';

/** e to the power a. */
export const exp = defineOp({
  name: 'exp',
  group: 'arithmetic',
  summary: 'e to the power a.',
  inputs: [series('a')],
});
