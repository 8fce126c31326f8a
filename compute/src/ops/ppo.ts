import { defineOp, length, series } from './define.ts';

/** The macd in percent of the slow ema. */
export const ppo = defineOp({
  name: 'ppo',
  group: 'oscillators',
  summary: 'The macd in percent of the slow ema.',
  inputs: [series('source'), length(12, 'fast'), length(26, 'slow')],
  compose: (apply, [source, fast, slow], graph) => {
    const apart = apply('macd', source, fast, slow);
    return apply('multiply', graph.constant(100), apply('divide', apart, apply('ema', source, slow)));
  },
});
