import { defineOp } from './define.ts';

/** The volume-weighted average of the typical price since the first bar. */
export const vwap = defineOp({
  name: 'vwap',
  group: 'volume',
  summary: 'The volume-weighted average of the typical price since the first bar.',
  inputs: [],
  compose: (apply, _inputs, graph) => {
    const traded = apply('running_sum', apply('multiply', apply('typical_price'), graph.price('volume')));
    return apply('divide', traded, apply('running_sum', graph.price('volume')));
  },
});
