import { defineOp } from './define.ts';

/** The high of a Heikin-Ashi bar; from the second bar on. */
export const heikinAshiHigh = defineOp({
  name: 'heikin_ashi_high',
  group: 'prices',
  summary: 'The high of a Heikin-Ashi bar; from the second bar on.',
  inputs: [],
  compose: (apply, _inputs, graph) => {
    const body = apply('max', apply('heikin_ashi_open'), apply('heikin_ashi_close'));
    return apply('max', body, graph.price('high'));
  },
});
