import { defineOp, length } from './define.ts';

/** The highest high of the `length` bars before this one. */
export const donchianUpper = defineOp({
  name: 'donchian_upper',
  group: 'bands',
  summary: 'The highest high of the `length` bars before this one.',
  inputs: [length(20)],
  compose: (apply, [bars], graph) =>
    apply('lag', apply('highest', graph.price('high'), bars), graph.constant(1)),
});
