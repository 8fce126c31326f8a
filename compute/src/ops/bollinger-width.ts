import { defineOp, length, scalar, series } from './define.ts';

/** The distance of the bands over the mean in their middle. */
export const bollingerWidth = defineOp({
  name: 'bollinger_width',
  group: 'bands',
  summary: 'The distance of the bands over the mean in their middle.',
  inputs: [series('source'), length(20), scalar('deviations', 2)],
  compose: (apply, [source, bars, deviations], graph) => {
    const width = apply(
      'multiply',
      apply('multiply', graph.constant(2), deviations),
      apply('stdev', source, bars),
    );
    return apply('divide', width, apply('sma', source, bars));
  },
});
