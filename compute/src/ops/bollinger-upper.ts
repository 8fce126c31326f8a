import { defineOp, length, series, scalar } from './define.ts';
import { band } from './parts/band.ts';

/** The mean plus so many population standard deviations. */
export const bollingerUpper = defineOp({
  name: 'bollinger_upper',
  group: 'bands',
  summary: 'The mean plus so many population standard deviations.',
  inputs: [series('source'), length(20), scalar('deviations', 2)],
  compose: (apply, inputs) => band(apply, inputs, 'add'),
});
