import { defineOp, length, series, scalar } from './define.ts';

/** Where the source lies between the bands: 0 at the lower, 1 at the upper. */
export const bollingerPercent = defineOp({
  name: 'bollinger_percent',
  group: 'bands',
  summary: 'Where the source lies between the bands: 0 at the lower, 1 at the upper.',
  inputs: [series('source'), length(20), scalar('deviations', 2)],
  compose: (apply, inputs) => {
    const lower = apply('bollinger_lower', ...inputs);
    const width = apply('subtract', apply('bollinger_upper', ...inputs), lower);
    return apply('divide', apply('subtract', inputs[0], lower), width);
  },
});
