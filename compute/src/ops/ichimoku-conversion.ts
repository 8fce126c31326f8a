import { defineOp, length } from './define.ts';
import { rangeMiddle } from './parts/range-middle.ts';

/** Ichimoku's conversion line (tenkan-sen): the middle of the range of the window. */
export const ichimokuConversion = defineOp({
  name: 'ichimoku_conversion',
  group: 'trend',
  summary: "Ichimoku's conversion line (tenkan-sen): the middle of the range of the window.",
  inputs: [length(9)],
  compose: (apply, [bars], graph) => rangeMiddle(apply, bars, graph),
});
