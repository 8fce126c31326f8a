import { defineOp, length } from './define.ts';
import { aroon } from './parts/aroon.ts';

/** How recent the lowest low of length + 1 bars is, 100 for now. */
export const aroonDown = defineOp({
  name: 'aroon_down',
  group: 'trend',
  summary: 'How recent the lowest low of length + 1 bars is, 100 for now.',
  inputs: [length(25)],
  compose: (apply, [bars], graph) => aroon(apply, bars, graph, 'bars_since_lowest'),
});
