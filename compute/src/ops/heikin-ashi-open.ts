import { defineOp } from './define.ts';

/** The open of a Heikin-Ashi bar: the middle of the one before; from the second bar on. */
export const heikinAshiOpen = defineOp({
  name: 'heikin_ashi_open',
  group: 'prices',
  summary: 'The open of a Heikin-Ashi bar: the middle of the one before; from the second bar on.',
  inputs: [],
  compose: (apply, _inputs, graph) => {
    const first = apply('divide', apply('add', graph.price('open'), graph.price('close')), graph.constant(2));
    const one = graph.constant(1);
    return apply(
      'adaptive_average',
      apply('lag', apply('heikin_ashi_close'), one),
      graph.constant(0.5),
      apply('lag', first, one),
    );
  },
});
