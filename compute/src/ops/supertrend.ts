import { defineOp, length, scalar } from './define.ts';

/** The supertrend line; the trend is up while the close is above it. */
export const supertrend = defineOp({
  name: 'supertrend',
  group: 'trend',
  summary: 'The supertrend line; the trend is up while the close is above it.',
  inputs: [length(10), scalar('multiple', 3)],
  compose: (apply, [bars, multiple], graph) => {
    const middle = apply('median_price');
    const distance = apply('multiply', multiple, apply('atr', bars));
    return apply(
      'trailing_bands',
      graph.price('close'),
      apply('add', middle, distance),
      apply('subtract', middle, distance),
    );
  },
});
