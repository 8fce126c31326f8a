import { defineOp, length, series } from './define.ts';

/** The end of the least-squares line through the window. */
export const linearRegression = defineOp({
  name: 'linear_regression',
  group: 'averages',
  summary: 'The end of the least-squares line through the window.',
  inputs: [series('source'), length(14)],
  compose: (apply, [source, bars], graph) => {
    const half = apply('divide', apply('subtract', bars, graph.constant(1)), graph.constant(2));
    return apply('add', apply('sma', source, bars), apply('multiply', apply('slope', source, bars), half));
  },
});
