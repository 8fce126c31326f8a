import { defineOp } from './define.ts';

/** (high + low + close) / 3. */
export const typicalPrice = defineOp({
  name: 'typical_price',
  group: 'prices',
  summary: '(high + low + close) / 3',
  inputs: [],
  compose: (apply, _inputs, graph) => {
    const sum = apply('add', apply('add', graph.price('high'), graph.price('low')), graph.price('close'));
    return apply('divide', sum, graph.constant(3));
  },
});
