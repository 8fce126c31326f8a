import { defineOp, length, scalar } from './define.ts';

/** Chandelier exit of a short position: the lowest low plus so many average true ranges. */
export const chandelierShort = defineOp({
  name: 'chandelier_short',
  group: 'bands',
  summary: 'Chandelier exit of a short position: the lowest low plus so many average true ranges.',
  inputs: [length(22), scalar('multiple', 3)],
  compose: (apply, [bars, multiple], graph) =>
    apply('add', apply('lowest', graph.price('low'), bars), apply('multiply', multiple, apply('atr', bars))),
});
