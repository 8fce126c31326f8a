import { defineOp, length, series, scalar } from './define.ts';
import { band } from './parts/band.ts';

/** The mean minus so many population standard deviations. */
export const bollingerLower = defineOp({
  name: 'bollinger_lower',
  group: 'bands',
  summary: 'The mean minus so many population standard deviations.',
  inputs: [series('source'), length(20), scalar('deviations', 2)],
  compose: (apply, inputs) => band(apply, inputs, 'subtract'),
});
