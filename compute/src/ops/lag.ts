import { defineOp, length, series } from './define.ts';

/** The value `length` bars ago; written source[n]. */
export const lag = defineOp({
  name: 'lag',
  group: 'windows',
  summary: 'The value `length` bars ago; written source[n].',
  inputs: [series('source'), { ...length(), barsMinimum: 0 }],
  warmUp: ([bars]) => bars,
});
