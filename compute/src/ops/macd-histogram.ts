import { defineOp, length, series } from './define.ts';

/** The macd minus its signal. */
export const macdHistogram = defineOp({
  name: 'macd_histogram',
  group: 'oscillators',
  summary: 'The macd minus its signal.',
  inputs: [series('source'), length(12, 'fast'), length(26, 'slow'), length(9, 'signal')],
  compose: (apply, [source, fast, slow, signal]) =>
    apply('subtract', apply('macd', source, fast, slow), apply('macd_signal', source, fast, slow, signal)),
});
