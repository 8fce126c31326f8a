import { defineOp, series, bool } from './define.ts';

/** a where the condition holds, b elsewhere. */
export const choose = defineOp({
  name: 'choose',
  group: 'logic',
  summary: 'a where the condition holds, b elsewhere.',
  inputs: [bool('condition'), series('a'), series('b')],
});
