import { defineOp, length } from './define.ts';

/** Elder's bear power: low minus the ema of the close. */
export const elderBearPower = defineOp({
  name: 'elder_bear_power',
  group: 'oscillators',
  summary: "Elder's bear power: low minus the ema of the close.",
  inputs: [length(13)],
  compose: (apply, [bars], graph) =>
    apply('subtract', graph.price('low'), apply('ema', graph.price('close'), bars)),
});
