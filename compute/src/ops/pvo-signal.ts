import { defineOp, length } from './define.ts';

/** The ema of the pvo. */
export const pvoSignal = defineOp({
  name: 'pvo_signal',
  group: 'volume',
  summary: 'The ema of the pvo.',
  inputs: [length(12, 'fast'), length(26, 'slow'), length(9, 'signal')],
  compose: (apply, [fast, slow, signal]) => apply('ema', apply('pvo', fast, slow), signal),
});
