import { defineOp, length, scalar, series, windowWarmUp } from './define.ts';

/** The value below which `fraction` of the window lies, between two neighbours in proportion. */
export const quantile = defineOp({
  name: 'quantile',
  group: 'windows',
  summary: 'The value below which `fraction` of the window lies, between two neighbours in proportion.',
  inputs: [series('source'), length(), scalar('fraction')],
  warmUp: windowWarmUp,
});
