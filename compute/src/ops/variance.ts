import { defineOp, length, series } from './define.ts';

/** The population variance of the window. */
export const variance = defineOp({
  name: 'variance',
  group: 'windows',
  summary: 'The population variance of the window.',
  inputs: [series('source'), length()],
  compose: (apply, [source, bars]) => apply('covariance', source, source, bars),
});
