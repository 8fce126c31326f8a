import { defineOp, length, scalar } from './define.ts';

/**
 * The root of mean(log(high / low)^2 / 2 - (2 log 2 - 1) log(close / open)^2). Source: Garman and Klass
 * (1980), Journal of Business 53.
 */
export const garmanKlassVolatility = defineOp({
  name: 'garman_klass_volatility',
  group: 'bands',
  summary: "Garman's and Klass's volatility from all four prices, for a year of so many bars.",
  inputs: [length(20), scalar('bars_per_year', 252)],
  compose: (apply, [bars, barsPerYear], graph) => {
    const range = apply('log', apply('divide', graph.price('high'), graph.price('low')));
    const moved = apply('log', apply('divide', graph.price('close'), graph.price('open')));
    const share = apply(
      'subtract',
      apply('multiply', graph.constant(2), apply('log', graph.constant(2))),
      graph.constant(1),
    );
    const daily = apply(
      'subtract',
      apply('multiply', graph.constant(0.5), apply('multiply', range, range)),
      apply('multiply', share, apply('multiply', moved, moved)),
    );
    return apply('sqrt', apply('multiply', apply('sma', daily, bars), barsPerYear));
  },
});
