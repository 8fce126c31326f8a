import { defineOp, length } from './define.ts';

/** Wilder's average directional index, 0 to 100. */
export const adx = defineOp({
  name: 'adx',
  group: 'trend',
  summary: "Wilder's average directional index, 0 to 100.",
  inputs: [length(14)],
  compose: (apply, [bars], graph) => {
    const plus = apply('plus_di', bars);
    const minus = apply('minus_di', bars);
    const apart = apply('abs', apply('subtract', plus, minus));
    const index = apply('multiply', graph.constant(100), apply('divide', apart, apply('add', plus, minus)));
    return apply('rma', index, bars);
  },
});
