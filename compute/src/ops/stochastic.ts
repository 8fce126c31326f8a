import { defineOp, length } from './define.ts';

/** Where the close lies in the range of the last `length` bars, 0 to 100 (raw %K). */
export const stochastic = defineOp({
  name: 'stochastic',
  group: 'oscillators',
  summary: 'Where the close lies in the range of the last `length` bars, 0 to 100 (raw %K).',
  inputs: [length(14)],
  compose: (apply, [bars], graph) => {
    const lowest = apply('lowest', graph.price('low'), bars);
    const range = apply('subtract', apply('highest', graph.price('high'), bars), lowest);
    const above = apply('subtract', graph.price('close'), lowest);
    return apply('multiply', graph.constant(100), apply('divide', above, range));
  },
});
