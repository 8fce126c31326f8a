import { defineOp, length, scalar, series, windowWarmUp } from './define.ts';

/** Arnaud Legoux's moving average: Gaussian weights around `offset` of the window, length / sigma wide. */
export const alma = defineOp({
  name: 'alma',
  group: 'averages',
  summary:
    "Arnaud Legoux's moving average: Gaussian weights around `offset` of the window, length / sigma wide.",
  inputs: [series('source'), length(9), scalar('offset', 0.85), scalar('sigma', 6)],
  warmUp: windowWarmUp,
});
