import { defineOp } from './define.ts';

/** (high + low + 2 close) / 4. */
export const weightedClose = defineOp({
  name: 'weighted_close',
  group: 'prices',
  summary: '(high + low + 2 close) / 4',
  inputs: [],
  compose: (apply, _inputs, graph) => {
    const twice = apply('multiply', graph.constant(2), graph.price('close'));
    return apply(
      'divide',
      apply('add', apply('add', graph.price('high'), graph.price('low')), twice),
      graph.constant(4),
    );
  },
});
