import { defineOp, length } from './define.ts';

/** The jaw of Bill Williams' alligator: Wilder's average of the median price, `shift` bars ago. */
export const alligatorJaw = defineOp({
  name: 'alligator_jaw',
  group: 'trend',
  summary: "The jaw of Bill Williams' alligator: Wilder's average of the median price, `shift` bars ago.",
  inputs: [length(13), length(8, 'shift')],
  compose: (apply, [bars, shift]) => apply('lag', apply('rma', apply('median_price'), bars), shift),
});
