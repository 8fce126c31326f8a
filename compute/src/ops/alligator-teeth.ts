import { defineOp, length } from './define.ts';

/** The teeth of Bill Williams' alligator: Wilder's average of the median price, `shift` bars ago. */
export const alligatorTeeth = defineOp({
  name: 'alligator_teeth',
  group: 'trend',
  summary: "The teeth of Bill Williams' alligator: Wilder's average of the median price, `shift` bars ago.",
  inputs: [length(8), length(5, 'shift')],
  compose: (apply, [bars, shift]) => apply('lag', apply('rma', apply('median_price'), bars), shift),
});
