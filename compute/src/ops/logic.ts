import { bool, defineOp, series } from './define.ts';

const two = [series('a'), series('b')];
const twoBools = [bool('a'), bool('b')];

/** Truths per bar; a comparison with NaN is false. */
export const logic = [
  defineOp({ name: 'less', summary: 'a < b', inputs: two, output: 'bool' }),
  defineOp({ name: 'less_equal', summary: 'a <= b', inputs: two, output: 'bool' }),
  defineOp({ name: 'greater', summary: 'a > b', inputs: two, output: 'bool' }),
  defineOp({ name: 'greater_equal', summary: 'a >= b', inputs: two, output: 'bool' }),
  defineOp({ name: 'equal', summary: 'a == b', inputs: two, output: 'bool' }),
  defineOp({ name: 'not_equal', summary: 'a != b; false where either is NaN', inputs: two, output: 'bool' }),
  defineOp({ name: 'and', summary: 'Both a and b.', inputs: twoBools, output: 'bool' }),
  defineOp({ name: 'or', summary: 'a or b or both.', inputs: twoBools, output: 'bool' }),
  defineOp({ name: 'not', summary: 'Where a is false.', inputs: [bool('a')], output: 'bool' }),
  defineOp({
    name: 'crosses_above',
    summary: 'a was at or below b on the bar before and is above it now.',
    inputs: two,
    output: 'bool',
    warmUp: () => 1,
  }),
  defineOp({
    name: 'crosses_below',
    summary: 'a was at or above b on the bar before and is below it now.',
    inputs: two,
    output: 'bool',
    warmUp: () => 1,
  }),
  defineOp({
    name: 'choose',
    summary: 'a where the condition holds, b elsewhere.',
    inputs: [bool('condition'), series('a'), series('b')],
  }),
  defineOp({
    name: 'bars_since',
    summary: 'Bars since the condition last held, 0 on that bar; NaN before the first.',
    inputs: [bool('condition')],
  }),
];
