import { defineOp, length } from './define.ts';

/** The vortex indicator of the down side: distances of the low from the high before, over true range. */
export const vortexMinus = defineOp({
  name: 'vortex_minus',
  group: 'trend',
  summary:
    'The vortex indicator of the down side: distances of the low from the high before, over true range.',
  inputs: [length(14)],
  compose: (apply, [bars], graph) => {
    const moved = apply(
      'abs',
      apply('subtract', graph.price('low'), apply('lag', graph.price('high'), graph.constant(1))),
    );
    return apply('divide', apply('sum', moved, bars), apply('sum', apply('true_range'), bars));
  },
});
