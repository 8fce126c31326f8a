import { defineOp, length } from './define.ts';
import { rangeMiddle } from './parts/range-middle.ts';

/** Ichimoku's base line (kijun-sen): the middle of the range of the window. */
export const ichimokuBase = defineOp({
  name: 'ichimoku_base',
  group: 'trend',
  summary: "Ichimoku's base line (kijun-sen): the middle of the range of the window.",
  inputs: [length(26)],
  compose: (apply, [bars], graph) => rangeMiddle(apply, bars, graph),
});
