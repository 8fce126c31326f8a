import { defineOp, length } from './define.ts';

/** The average true range in percent of the close. */
export const natr = defineOp({
  name: 'natr',
  group: 'bands',
  summary: 'The average true range in percent of the close.',
  inputs: [length(14)],
  compose: (apply, [bars], graph) =>
    apply('multiply', graph.constant(100), apply('divide', apply('atr', bars), graph.price('close'))),
});
