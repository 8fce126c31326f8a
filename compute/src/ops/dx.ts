import { defineOp, length } from './define.ts';

/** Wilder's directional index before averaging, 0 to 100. */
export const dx = defineOp({
  name: 'dx',
  group: 'trend',
  summary: "Wilder's directional index before averaging, 0 to 100.",
  inputs: [length(14)],
  compose: (apply, [bars], graph) => {
    const plus = apply('plus_di', bars);
    const minus = apply('minus_di', bars);
    const apart = apply('abs', apply('subtract', plus, minus));
    return apply('multiply', graph.constant(100), apply('divide', apart, apply('add', plus, minus)));
  },
});
