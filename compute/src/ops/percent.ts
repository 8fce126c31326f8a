import { defineOp, scalar } from './define.ts';

/** So many percent of the close, as a distance in price units. */
export const percent = defineOp({
  name: 'percent',
  group: 'prices',
  summary: 'So many percent of the close, as a distance in price units.',
  inputs: [scalar('percent')],
  compose: (apply, [percent], graph) =>
    apply('multiply', graph.price('close'), apply('divide', percent, graph.constant(100))),
});
