import { defineOp, length } from './define.ts';

/** Elder's force index: the ema of the change of the close times volume. */
export const forceIndex = defineOp({
  name: 'force_index',
  group: 'volume',
  summary: "Elder's force index: the ema of the change of the close times volume.",
  inputs: [length(13)],
  compose: (apply, [bars], graph) =>
    apply('ema', apply('multiply', apply('change', graph.price('close')), graph.price('volume')), bars),
});
