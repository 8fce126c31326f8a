import { defineOp, length, series } from './define.ts';

/** The ema of the ppo. */
export const ppoSignal = defineOp({
  name: 'ppo_signal',
  group: 'oscillators',
  summary: 'The ema of the ppo.',
  inputs: [series('source'), length(12, 'fast'), length(26, 'slow'), length(9, 'signal')],
  compose: (apply, [source, fast, slow, signal]) => apply('ema', apply('ppo', source, fast, slow), signal),
});
