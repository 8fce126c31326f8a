import { defineOp, series } from './define.ts';

/** The whole part of a number. */
export const whole = defineOp({
  name: 'whole',
  group: 'arithmetic',
  summary: 'The whole part of a number.',
  inputs: [series('a')],
});
