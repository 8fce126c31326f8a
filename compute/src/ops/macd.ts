import { defineOp, length, series } from './define.ts';

/** Fast ema minus slow ema. */
export const macd = defineOp({
  name: 'macd',
  group: 'oscillators',
  summary: 'Fast ema minus slow ema.',
  inputs: [series('source'), length(12, 'fast'), length(26, 'slow')],
  compose: (apply, [source, fast, slow]) =>
    apply('subtract', apply('ema', source, fast), apply('ema', source, slow)),
});
