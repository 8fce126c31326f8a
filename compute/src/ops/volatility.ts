import { defineOp, length, scalar, series } from './define.ts';

/** The sample standard deviation of log returns, for a year of so many bars. */
export const volatility = defineOp({
  name: 'volatility',
  group: 'bands',
  summary: 'The sample standard deviation of log returns, for a year of so many bars.',
  inputs: [series('source'), length(20), scalar('bars_per_year', 252)],
  compose: (apply, [source, bars, barsPerYear], graph) => {
    const returns = apply('change', apply('log', source));
    const sample = apply('divide', bars, apply('subtract', bars, graph.constant(1)));
    return apply(
      'multiply',
      apply('stdev', returns, bars),
      apply('sqrt', apply('multiply', sample, barsPerYear)),
    );
  },
});
