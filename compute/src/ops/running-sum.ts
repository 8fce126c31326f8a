import { defineOp, series } from './define.ts';

/** The sum of all values so far. */
export const runningSum = defineOp({
  name: 'running_sum',
  group: 'windows',
  summary: 'The sum of all values so far.',
  inputs: [series('source')],
});
