import { defineOp } from './define.ts';

/** (high + low) / 2. */
export const medianPrice = defineOp({
  name: 'median_price',
  group: 'prices',
  summary: '(high + low) / 2',
  inputs: [],
  compose: (apply, _inputs, graph) =>
    apply('divide', apply('add', graph.price('high'), graph.price('low')), graph.constant(2)),
});
