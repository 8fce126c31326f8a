import { defineOp, length, series } from './define.ts';

/** The percent change of a threefold ema over one bar. */
export const trix = defineOp({
  name: 'trix',
  group: 'oscillators',
  summary: 'The percent change of a threefold ema over one bar.',
  inputs: [series('source'), length(14)],
  compose: (apply, [source, bars], graph) => {
    const smooth = apply('ema', apply('ema', apply('ema', source, bars), bars), bars);
    return apply('multiply', graph.constant(100), apply('roc', smooth, graph.constant(1)));
  },
});
