import { defineOp, length, series } from './define.ts';

/** Chande's variable average: an ema whose weight is scaled by the magnitude of the cmo. */
export const vidya = defineOp({
  name: 'vidya',
  group: 'averages',
  summary: "Chande's variable average: an ema whose weight is scaled by the magnitude of the cmo.",
  inputs: [series('source'), length(14), length(9, 'cmo_length')],
  compose: (apply, [source, bars, cmoBars], graph) => {
    const activity = apply('divide', apply('abs', apply('cmo', source, cmoBars)), graph.constant(100));
    const weight = apply(
      'multiply',
      apply('divide', graph.constant(2), apply('add', bars, graph.constant(1))),
      activity,
    );
    return apply('adaptive_average', source, weight, apply('lag', source, graph.constant(1)));
  },
});
