import { defineOp } from './define.ts';

/** Close minus open over high minus low, -1 to 1; NaN where the bar has no range. */
export const balanceOfPower = defineOp({
  name: 'balance_of_power',
  group: 'oscillators',
  summary: 'Close minus open over high minus low, -1 to 1; NaN where the bar has no range.',
  inputs: [],
  compose: (apply, _inputs, graph) =>
    apply(
      'divide',
      apply('subtract', graph.price('close'), graph.price('open')),
      apply('subtract', graph.price('high'), graph.price('low')),
    ),
});
