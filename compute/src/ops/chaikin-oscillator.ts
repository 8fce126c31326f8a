import { defineOp, length } from './define.ts';

/** Fast minus slow ema of the accumulation / distribution line. */
export const chaikinOscillator = defineOp({
  name: 'chaikin_oscillator',
  group: 'volume',
  summary: 'Fast minus slow ema of the accumulation / distribution line.',
  inputs: [length(3, 'fast'), length(10, 'slow')],
  compose: (apply, [fast, slow]) => apply('macd', apply('adl'), fast, slow),
});
