import { defineOp, series } from './define.ts';

/** The square root of a; NaN below 0. */
export const sqrt = defineOp({
  name: 'sqrt',
  group: 'arithmetic',
  summary: 'The square root of a; NaN below 0.',
  inputs: [series('a')],
});
