import { defineOp, length } from './define.ts';

/** Average true range by Wilder's average, from the second bar on. */
export const atr = defineOp({
  name: 'atr',
  group: 'bands',
  summary: "Average true range by Wilder's average, from the second bar on.",
  inputs: [length(14)],
  compose: (apply, [bars]) => apply('rma', apply('true_range'), bars),
});
