import { defineOp, scalar, series } from './define.ts';

/**
 * Starts rising when the middle of the second bar is at or above that of the first, from the first bar's
 * low, otherwise falling from its high. Source: Wilder, New Concepts in Technical Trading Systems (1978);
 * first trend as in Tulip Indicators.
 */
export const parabolicStop = defineOp({
  name: 'parabolic_stop',
  group: 'trend',
  summary: "Wilder's parabolic stop from highs and lows; the speed rises by `step` up to `maximum`.",
  inputs: [series('high'), series('low'), scalar('step', 0.02), scalar('maximum', 0.2)],
  warmUp: () => 1,
});
