import { defineOp, length, series } from './define.ts';

/** Net change over the sum of all changes of the window: 1 for a straight line, 0 for noise. */
export const efficiencyRatio = defineOp({
  name: 'efficiency_ratio',
  group: 'trend',
  summary: 'Net change over the sum of all changes of the window: 1 for a straight line, 0 for noise.',
  inputs: [series('source'), length(10)],
  compose: (apply, [source, bars], graph) => {
    const path = apply('sum', apply('abs', apply('change', source)), bars);
    return apply(
      'choose',
      apply('equal', path, graph.constant(0)),
      graph.constant(0),
      apply('divide', apply('abs', apply('change', source, bars)), path),
    );
  },
});
