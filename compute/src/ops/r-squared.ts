import { defineOp, length, series } from './define.ts';

/** How much of the window its least-squares line explains, 0 to 1; NaN where the source is constant. */
export const rSquared = defineOp({
  name: 'r_squared',
  group: 'trend',
  summary:
    'How much of the window its least-squares line explains, 0 to 1; NaN where the source is constant.',
  inputs: [series('source'), length(14)],
  compose: (apply, [source, bars], graph) => {
    const r = apply('correlation', source, apply('running_sum', graph.constant(1)), bars);
    return apply('multiply', r, r);
  },
});
