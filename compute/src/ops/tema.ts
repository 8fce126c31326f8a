import { defineOp, length, series } from './define.ts';

/** Triple exponential moving average: 3 ema - 3 ema(ema) + ema(ema(ema)). */
export const tema = defineOp({
  name: 'tema',
  group: 'averages',
  summary: 'Triple exponential moving average: 3 ema - 3 ema(ema) + ema(ema(ema)).',
  inputs: [series('source'), length()],
  compose: (apply, [source, bars], graph) => {
    const once = apply('ema', source, bars);
    const twice = apply('ema', once, bars);
    const difference = apply('multiply', graph.constant(3), apply('subtract', once, twice));
    return apply('add', difference, apply('ema', twice, bars));
  },
});
