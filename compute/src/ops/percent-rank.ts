import { defineOp, length, series } from './define.ts';

/** The fraction of the `length` values before this bar that are at or below it. */
export const percentRank = defineOp({
  name: 'percent_rank',
  group: 'windows',
  summary: 'The fraction of the `length` values before this bar that are at or below it.',
  inputs: [series('source'), length()],
  warmUp: ([bars]) => bars,
});
