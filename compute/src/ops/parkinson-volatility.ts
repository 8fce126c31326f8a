import { defineOp, length, scalar } from './define.ts';

/** The root of mean(log(high / low)^2) / (4 log 2). Source: Parkinson (1980), Journal of Business 53. */
export const parkinsonVolatility = defineOp({
  name: 'parkinson_volatility',
  group: 'bands',
  summary: "Parkinson's volatility from highs and lows, for a year of so many bars.",
  inputs: [length(20), scalar('bars_per_year', 252)],
  compose: (apply, [bars, barsPerYear], graph) => {
    const range = apply('log', apply('divide', graph.price('high'), graph.price('low')));
    const variance = apply(
      'divide',
      apply('sma', apply('multiply', range, range), bars),
      apply('multiply', graph.constant(4), apply('log', graph.constant(2))),
    );
    return apply('sqrt', apply('multiply', variance, barsPerYear));
  },
});
