import { defineOp, length } from './define.ts';
import { rangeMiddle } from './parts/range-middle.ts';

/** Ichimoku's leading span B as it stands above this bar: the middle of the range `shift` bars ago. */
export const ichimokuSpanB = defineOp({
  name: 'ichimoku_span_b',
  group: 'trend',
  summary: "Ichimoku's leading span B as it stands above this bar: the middle of the range `shift` bars ago.",
  inputs: [length(52), length(26, 'shift')],
  compose: (apply, [bars, shift], graph) => apply('lag', rangeMiddle(apply, bars, graph), shift),
});
