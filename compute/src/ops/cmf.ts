import { defineOp, length } from './define.ts';
import { moneyFlowVolume } from './parts/money-flow-volume.ts';

/** Chaikin money flow, -1 to 1: money flow volume over volume. */
export const cmf = defineOp({
  name: 'cmf',
  group: 'volume',
  summary: 'Chaikin money flow, -1 to 1: money flow volume over volume.',
  inputs: [length(20)],
  compose: (apply, [bars], graph) =>
    apply(
      'divide',
      apply('sum', moneyFlowVolume(apply, graph), bars),
      apply('sum', graph.price('volume'), bars),
    ),
});
