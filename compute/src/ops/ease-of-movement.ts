import { defineOp } from './define.ts';

/** How far the median price moved per unit of volume over range; volume counts in units of 10,000. */
export const easeOfMovement = defineOp({
  name: 'ease_of_movement',
  group: 'volume',
  summary: 'How far the median price moved per unit of volume over range; volume counts in units of 10,000.',
  inputs: [],
  compose: (apply, _inputs, graph) => {
    const moved = apply('change', apply('median_price'));
    const range = apply('subtract', graph.price('high'), graph.price('low'));
    const ratio = apply('divide', apply('divide', graph.price('volume'), graph.constant(10000)), range);
    return apply('divide', moved, ratio);
  },
});
