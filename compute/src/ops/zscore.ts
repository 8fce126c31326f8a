import { defineOp, length, series } from './define.ts';

/** How many standard deviations the source is from its mean over the window. */
export const zscore = defineOp({
  name: 'zscore',
  group: 'windows',
  summary: 'How many standard deviations the source is from its mean over the window.',
  inputs: [series('source'), length()],
  compose: (apply, [source, bars]) =>
    apply('divide', apply('subtract', source, apply('sma', source, bars)), apply('stdev', source, bars)),
});
