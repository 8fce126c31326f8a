import { defineOp } from './define.ts';

/** The low of a Heikin-Ashi bar; from the second bar on. */
export const heikinAshiLow = defineOp({
  name: 'heikin_ashi_low',
  group: 'prices',
  summary: 'The low of a Heikin-Ashi bar; from the second bar on.',
  inputs: [],
  compose: (apply, _inputs, graph) => {
    const body = apply('min', apply('heikin_ashi_open'), apply('heikin_ashi_close'));
    return apply('min', body, graph.price('low'));
  },
});
