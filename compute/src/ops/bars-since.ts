import { defineOp, bool } from './define.ts';

/** Bars since the condition last held, 0 on that bar; NaN before the first. */
export const barsSince = defineOp({
  name: 'bars_since',
  group: 'logic',
  summary: 'Bars since the condition last held, 0 on that bar; NaN before the first.',
  inputs: [bool('condition')],
});
