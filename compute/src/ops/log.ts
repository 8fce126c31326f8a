import { defineOp, series } from './define.ts';

/** The natural logarithm of a; NaN at or below 0. */
export const log = defineOp({
  name: 'log',
  group: 'arithmetic',
  summary: 'The natural logarithm of a; NaN at or below 0.',
  inputs: [series('a')],
});
