import { defineOp, length } from './define.ts';

/** Ichimoku's leading span A as it stands above this bar: the mean of both lines `shift` bars ago. */
export const ichimokuSpanA = defineOp({
  name: 'ichimoku_span_a',
  group: 'trend',
  summary: "Ichimoku's leading span A as it stands above this bar: the mean of both lines `shift` bars ago.",
  inputs: [length(9, 'conversion'), length(26, 'base'), length(26, 'shift')],
  compose: (apply, [conversion, base, shift], graph) => {
    const both = apply('add', apply('ichimoku_conversion', conversion), apply('ichimoku_base', base));
    return apply('lag', apply('divide', both, graph.constant(2)), shift);
  },
});
