import { defineOp, length } from './define.ts';

/** The average of close minus open. */
export const qstick = defineOp({
  name: 'qstick',
  group: 'oscillators',
  summary: 'The average of close minus open.',
  inputs: [length(14)],
  compose: (apply, [bars], graph) =>
    apply('sma', apply('subtract', graph.price('close'), graph.price('open')), bars),
});
