import { defineOp, length, series } from './define.ts';

/** Triangular moving average: a simple average of a simple average. */
export const trima = defineOp({
  name: 'trima',
  group: 'averages',
  summary: 'Triangular moving average: a simple average of a simple average.',
  inputs: [series('source'), length()],
  compose: (apply, [source, bars], graph) => {
    const half = apply('whole', apply('divide', apply('add', bars, graph.constant(1)), graph.constant(2)));
    const rest = apply('add', apply('subtract', bars, half), graph.constant(1));
    return apply('sma', apply('sma', source, rest), half);
  },
});
