import { defineOp, length, series, windowWarmUp } from './define.ts';

/** The population standard deviation of the window. */
export const stdev = defineOp({
  name: 'stdev',
  group: 'windows',
  summary: 'The population standard deviation of the window.',
  inputs: [series('source'), length()],
  warmUp: windowWarmUp,
});
