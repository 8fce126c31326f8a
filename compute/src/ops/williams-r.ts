import { defineOp, length } from './define.ts';

/** Williams %R, -100 to 0. */
export const williamsR = defineOp({
  name: 'williams_r',
  group: 'oscillators',
  summary: 'Williams %R, -100 to 0.',
  inputs: [length(14)],
  compose: (apply, [bars], graph) => apply('subtract', apply('stochastic', bars), graph.constant(100)),
});
