import { defineOp, length } from './define.ts';
import { directional } from './parts/directional.ts';

/** Wilder's negative directional indicator, 0 to 100. */
export const minusDi = defineOp({
  name: 'minus_di',
  group: 'trend',
  summary: "Wilder's negative directional indicator, 0 to 100.",
  inputs: [length(14)],
  compose: (apply, [bars], graph) => directional(apply, bars, graph, false),
});
