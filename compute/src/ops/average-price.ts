import { defineOp } from './define.ts';

/** (open + high + low + close) / 4. */
export const averagePrice = defineOp({
  name: 'average_price',
  group: 'prices',
  summary: '(open + high + low + close) / 4',
  inputs: [],
  compose: (apply, _inputs, graph) => {
    const outer = apply('add', graph.price('open'), graph.price('close'));
    return apply(
      'divide',
      apply('add', outer, apply('add', graph.price('high'), graph.price('low'))),
      graph.constant(4),
    );
  },
});
