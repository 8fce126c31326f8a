import { defineOp, length, series } from './define.ts';

/** Detrended price: the source length / 2 + 1 bars ago minus its average up to now. */
export const dpo = defineOp({
  name: 'dpo',
  group: 'oscillators',
  summary: 'Detrended price: the source length / 2 + 1 bars ago minus its average up to now.',
  inputs: [series('source'), length(20)],
  compose: (apply, [source, bars], graph) => {
    const ago = apply('add', apply('whole', apply('divide', bars, graph.constant(2))), graph.constant(1));
    return apply('subtract', apply('lag', source, ago), apply('sma', source, bars));
  },
});
