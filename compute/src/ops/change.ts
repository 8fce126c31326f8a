import { defineOp, length, series } from './define.ts';

/** The source minus its value `length` bars ago. */
export const change = defineOp({
  name: 'change',
  group: 'windows',
  summary: 'The source minus its value `length` bars ago.',
  inputs: [series('source'), length(1)],
  compose: (apply, [source, bars]) => apply('subtract', source, apply('lag', source, bars)),
});
