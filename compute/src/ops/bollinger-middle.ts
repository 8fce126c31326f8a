import { defineOp, length, series } from './define.ts';

/** The simple mean in the middle of the bands. */
export const bollingerMiddle = defineOp({
  name: 'bollinger_middle',
  group: 'bands',
  summary: 'The simple mean in the middle of the bands.',
  inputs: [series('source'), length(20)],
  compose: (apply, [source, bars]) => apply('sma', source, bars),
});
