import { defineOp, series } from './define.ts';

/** The magnitude of a. */
export const abs = defineOp({
  name: 'abs',
  group: 'arithmetic',
  summary: 'The magnitude of a.',
  inputs: [series('a')],
});
