import { defineOp, length } from './define.ts';

/** The middle between both channel lines. */
export const donchianMiddle = defineOp({
  name: 'donchian_middle',
  group: 'bands',
  summary: 'The middle between both channel lines.',
  inputs: [length(20)],
  compose: (apply, [bars], graph) =>
    apply(
      'divide',
      apply('add', apply('donchian_upper', bars), apply('donchian_lower', bars)),
      graph.constant(2),
    ),
});
