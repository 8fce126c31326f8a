import { defineOp, length } from './define.ts';

/** The percent change over `length` bars of the ema of high minus low. */
export const chaikinVolatility = defineOp({
  name: 'chaikin_volatility',
  group: 'bands',
  summary: 'The percent change over `length` bars of the ema of high minus low.',
  inputs: [length(10)],
  compose: (apply, [bars], graph) => {
    const range = apply('ema', apply('subtract', graph.price('high'), graph.price('low')), bars);
    return apply('multiply', graph.constant(100), apply('roc', range, bars));
  },
});
