import { defineOp, length, scalar } from './define.ts';
import { keltner } from './parts/keltner.ts';

/** The ema of the close plus so many average true ranges. */
export const keltnerUpper = defineOp({
  name: 'keltner_upper',
  group: 'bands',
  summary: 'The ema of the close plus so many average true ranges.',
  inputs: [length(20), scalar('multiple', 2), length(10, 'atr_length')],
  compose: (apply, inputs, graph) => keltner(apply, inputs, graph, 'add'),
});
