import { defineOp, length, series } from './define.ts';

/** The rate of change over `length` bars as a fraction. */
export const roc = defineOp({
  name: 'roc',
  group: 'windows',
  summary: 'The rate of change over `length` bars as a fraction.',
  inputs: [series('source'), length()],
  compose: (apply, [source, bars]) => {
    const before = apply('lag', source, bars);
    return apply('divide', apply('subtract', source, before), before);
  },
});
