import { defineOp, length, series } from './define.ts';

/** The source with its first `length` values left out: where a change needs an earlier bar to be known. */
export const after = defineOp({
  name: 'after',
  group: 'windows',
  summary: 'The source from bar `length` on.',
  inputs: [series('source'), length()],
  warmUp: ([bars]) => bars,
});
