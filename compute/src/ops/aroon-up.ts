import { defineOp, length } from './define.ts';
import { aroon } from './parts/aroon.ts';

/** How recent the highest high of length + 1 bars is, 100 for now. */
export const aroonUp = defineOp({
  name: 'aroon_up',
  group: 'trend',
  summary: 'How recent the highest high of length + 1 bars is, 100 for now.',
  inputs: [length(25)],
  compose: (apply, [bars], graph) => aroon(apply, bars, graph, 'bars_since_highest'),
});
