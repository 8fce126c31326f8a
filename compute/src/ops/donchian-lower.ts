import { defineOp, length } from './define.ts';

/** The lowest low of the `length` bars before this one. */
export const donchianLower = defineOp({
  name: 'donchian_lower',
  group: 'bands',
  summary: 'The lowest low of the `length` bars before this one.',
  inputs: [length(20)],
  compose: (apply, [bars], graph) =>
    apply('lag', apply('lowest', graph.price('low'), bars), graph.constant(1)),
});
