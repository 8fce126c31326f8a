import { defineOp, series } from './define.ts';

/** -a. */
export const negate = defineOp({ name: 'negate', group: 'arithmetic', summary: '-a', inputs: [series('a')] });
