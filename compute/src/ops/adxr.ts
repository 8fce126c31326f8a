import { defineOp, length } from './define.ts';

/** The mean of the adx now and `length` bars ago. */
export const adxr = defineOp({
  name: 'adxr',
  group: 'trend',
  summary: 'The mean of the adx now and `length` bars ago.',
  inputs: [length(14)],
  compose: (apply, [bars], graph) => {
    const index = apply('adx', bars);
    return apply('divide', apply('add', index, apply('lag', index, bars)), graph.constant(2));
  },
});
