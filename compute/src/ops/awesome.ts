import { defineOp, length } from './define.ts';

/** Bill Williams' awesome oscillator: fast minus slow simple average of the median price. */
export const awesome = defineOp({
  name: 'awesome',
  group: 'oscillators',
  summary: "Bill Williams' awesome oscillator: fast minus slow simple average of the median price.",
  inputs: [length(5, 'fast'), length(34, 'slow')],
  compose: (apply, [fast, slow]) => {
    const middle = apply('median_price');
    return apply('subtract', apply('sma', middle, fast), apply('sma', middle, slow));
  },
});
