import { defineOp } from './define.ts';
import { moneyFlowVolume } from './parts/money-flow-volume.ts';

/** Accumulation / distribution line: the running sum of money flow volume. */
export const adl = defineOp({
  name: 'adl',
  group: 'volume',
  summary: 'Accumulation / distribution line: the running sum of money flow volume.',
  inputs: [],
  compose: (apply, _inputs, graph) => apply('running_sum', moneyFlowVolume(apply, graph)),
});
