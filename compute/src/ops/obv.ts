import { defineOp } from './define.ts';

/** On-balance volume, starting from 0. */
export const obv = defineOp({
  name: 'obv',
  group: 'volume',
  summary: 'On-balance volume, starting from 0.',
  inputs: [],
  compose: (apply, _inputs, graph) => {
    const moved = apply('change', graph.price('close'), graph.constant(1));
    const volume = graph.price('volume');
    const zero = graph.constant(0);
    const down = apply('choose', apply('less', moved, zero), apply('negate', volume), zero);
    return apply('running_sum', apply('choose', apply('greater', moved, zero), volume, down));
  },
});
