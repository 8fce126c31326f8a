import { defineOp, length, series, windowWarmUp } from './define.ts';

/** The population covariance of a and b over the window. */
export const covariance = defineOp({
  name: 'covariance',
  group: 'windows',
  summary: 'The population covariance of a and b over the window.',
  inputs: [series('a'), series('b'), length()],
  warmUp: windowWarmUp,
});
