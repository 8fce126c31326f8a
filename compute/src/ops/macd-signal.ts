import { defineOp, length, series } from './define.ts';

/** The ema of the macd. */
export const macdSignal = defineOp({
  name: 'macd_signal',
  group: 'oscillators',
  summary: 'The ema of the macd.',
  inputs: [series('source'), length(12, 'fast'), length(26, 'slow'), length(9, 'signal')],
  compose: (apply, [source, fast, slow, signal]) => apply('ema', apply('macd', source, fast, slow), signal),
});
