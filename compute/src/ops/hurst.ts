import { defineOp, length, series } from './define.ts';

/**
 * Over the log returns of the window, cut into 1, 2, 4 ... 32 parts of at least 8 bars: the slope of
 * log(rescaled range) over log(size). NaN for fewer than 16 bars, where there is no slope.
 */
export const hurst = defineOp({
  name: 'hurst',
  group: 'trend',
  summary: 'The Hurst exponent by rescaled range: above 0.5 the source trends, below it reverts.',
  inputs: [series('source'), length(100)],
  warmUp: ([bars]) => bars,
});
