import { defineOp, length, series } from './define.ts';

/** Volume-weighted moving average. */
export const vwma = defineOp({
  name: 'vwma',
  group: 'averages',
  summary: 'Volume-weighted moving average.',
  inputs: [series('source'), length()],
  compose: (apply, [source, bars], graph) => {
    const volume = graph.price('volume');
    return apply('divide', apply('sum', apply('multiply', source, volume), bars), apply('sum', volume, bars));
  },
});
