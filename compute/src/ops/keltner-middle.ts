import { defineOp, length } from './define.ts';

/** The ema of the close in the middle of the channel. */
export const keltnerMiddle = defineOp({
  name: 'keltner_middle',
  group: 'bands',
  summary: 'The ema of the close in the middle of the channel.',
  inputs: [length(20)],
  compose: (apply, [bars], graph) => apply('ema', graph.price('close'), bars),
});
