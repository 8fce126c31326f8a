import { defineOp, length } from './define.ts';

/** Dorsey's mass index: the sum of ema(range) / ema(ema(range)). */
export const massIndex = defineOp({
  name: 'mass_index',
  group: 'trend',
  summary: "Dorsey's mass index: the sum of ema(range) / ema(ema(range)).",
  inputs: [length(25), length(9, 'ema_length')],
  compose: (apply, [bars, emaBars], graph) => {
    const range = apply('ema', apply('subtract', graph.price('high'), graph.price('low')), emaBars);
    return apply('sum', apply('divide', range, apply('ema', range, emaBars)), bars);
  },
});
