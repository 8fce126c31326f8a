import { defineOp, series } from './define.ts';

/** 1 above 0, -1 below, 0 at 0 and where a is NaN. */
export const sign = defineOp({
  name: 'sign',
  group: 'arithmetic',
  summary: '1 above 0, -1 below, 0 at 0 and where a is NaN.',
  inputs: [series('a')],
  compose: (apply, [a], graph) => {
    const zero = graph.constant(0);
    return apply(
      'choose',
      apply('greater', a, zero),
      graph.constant(1),
      apply('choose', apply('less', a, zero), graph.constant(-1), zero),
    );
  },
});
