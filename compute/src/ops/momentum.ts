import { defineOp, length, series } from './define.ts';

/** The source minus its value `length` bars ago. */
export const momentum = defineOp({
  name: 'momentum',
  group: 'oscillators',
  summary: 'The source minus its value `length` bars ago.',
  inputs: [series('source'), length(10)],
  compose: (apply, [source, bars]) => apply('change', source, bars),
});
