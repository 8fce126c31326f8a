import { defineOp, length } from './define.ts';

/** Elder's bull power: high minus the ema of the close. */
export const elderBullPower = defineOp({
  name: 'elder_bull_power',
  group: 'oscillators',
  summary: "Elder's bull power: high minus the ema of the close.",
  inputs: [length(13)],
  compose: (apply, [bars], graph) =>
    apply('subtract', graph.price('high'), apply('ema', graph.price('close'), bars)),
});
