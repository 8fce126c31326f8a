import { defineOp } from './define.ts';

/** The running sum of volume times the return of the close. */
export const priceVolumeTrend = defineOp({
  name: 'price_volume_trend',
  group: 'volume',
  summary: 'The running sum of volume times the return of the close.',
  inputs: [],
  compose: (apply, _inputs, graph) =>
    apply(
      'running_sum',
      apply('multiply', graph.price('volume'), apply('roc', graph.price('close'), graph.constant(1))),
    ),
});
