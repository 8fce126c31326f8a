import { defineOp, length, series } from './define.ts';

/** Where the rsi lies in its range over the last `length` bars, 0 to 100. */
export const stochasticRsi = defineOp({
  name: 'stochastic_rsi',
  group: 'oscillators',
  summary: 'Where the rsi lies in its range over the last `length` bars, 0 to 100.',
  inputs: [series('source'), length(14, 'rsi_length'), length(14)],
  compose: (apply, [source, rsiBars, bars], graph) => {
    const strength = apply('rsi', source, rsiBars);
    const lowest = apply('lowest', strength, bars);
    const range = apply('subtract', apply('highest', strength, bars), lowest);
    return apply(
      'multiply',
      graph.constant(100),
      apply('divide', apply('subtract', strength, lowest), range),
    );
  },
});
