import { defineOp, length } from './define.ts';
import { directional } from './parts/directional.ts';

/** Wilder's positive directional indicator, 0 to 100. */
export const plusDi = defineOp({
  name: 'plus_di',
  group: 'trend',
  summary: "Wilder's positive directional indicator, 0 to 100.",
  inputs: [length(14)],
  compose: (apply, [bars], graph) => directional(apply, bars, graph, true),
});
