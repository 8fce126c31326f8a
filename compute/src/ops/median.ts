import { defineOp, length, series } from './define.ts';

/** The median of the window. */
export const median = defineOp({
  name: 'median',
  group: 'windows',
  summary: 'The median of the window.',
  inputs: [series('source'), length()],
  compose: (apply, [source, bars], graph) => apply('quantile', source, bars, graph.constant(0.5)),
});
