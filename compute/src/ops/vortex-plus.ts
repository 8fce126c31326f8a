import { defineOp, length } from './define.ts';

/** The vortex indicator of the up side: distances of the high from the low before, over true range. */
export const vortexPlus = defineOp({
  name: 'vortex_plus',
  group: 'trend',
  summary: 'The vortex indicator of the up side: distances of the high from the low before, over true range.',
  inputs: [length(14)],
  compose: (apply, [bars], graph) => {
    const moved = apply(
      'abs',
      apply('subtract', graph.price('high'), apply('lag', graph.price('low'), graph.constant(1))),
    );
    return apply('divide', apply('sum', moved, bars), apply('sum', apply('true_range'), bars));
  },
});
