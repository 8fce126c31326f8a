import { defineOp, length } from './define.ts';

/** The ppo of the volume. */
export const pvo = defineOp({
  name: 'pvo',
  group: 'volume',
  summary: 'The ppo of the volume.',
  inputs: [length(12, 'fast'), length(26, 'slow')],
  compose: (apply, [fast, slow], graph) => apply('ppo', graph.price('volume'), fast, slow),
});
