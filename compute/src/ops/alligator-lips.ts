import { defineOp, length } from './define.ts';

/** The lips of Bill Williams' alligator: Wilder's average of the median price, `shift` bars ago. */
export const alligatorLips = defineOp({
  name: 'alligator_lips',
  group: 'trend',
  summary: "The lips of Bill Williams' alligator: Wilder's average of the median price, `shift` bars ago.",
  inputs: [length(5), length(3, 'shift')],
  compose: (apply, [bars, shift]) => apply('lag', apply('rma', apply('median_price'), bars), shift),
});
