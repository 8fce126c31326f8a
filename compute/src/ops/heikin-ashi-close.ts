import { defineOp } from './define.ts';

/** The close of a Heikin-Ashi bar: the average price. */
export const heikinAshiClose = defineOp({
  name: 'heikin_ashi_close',
  group: 'prices',
  summary: 'The close of a Heikin-Ashi bar: the average price.',
  inputs: [],
  compose: (apply) => apply('average_price'),
});
