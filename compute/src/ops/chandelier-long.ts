import { defineOp, length, scalar } from './define.ts';

/** Chandelier exit of a long position: the highest high minus so many average true ranges. */
export const chandelierLong = defineOp({
  name: 'chandelier_long',
  group: 'bands',
  summary: 'Chandelier exit of a long position: the highest high minus so many average true ranges.',
  inputs: [length(22), scalar('multiple', 3)],
  compose: (apply, [bars, multiple], graph) =>
    apply(
      'subtract',
      apply('highest', graph.price('high'), bars),
      apply('multiply', multiple, apply('atr', bars)),
    ),
});
