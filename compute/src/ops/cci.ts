import { defineOp, length } from './define.ts';

/** Commodity channel index: distance of the typical price from its mean in 0.015 mean deviations. */
export const cci = defineOp({
  name: 'cci',
  group: 'oscillators',
  summary: 'Commodity channel index: distance of the typical price from its mean in 0.015 mean deviations.',
  inputs: [length(20)],
  compose: (apply, [bars], graph) => {
    const typical = apply('typical_price');
    const distance = apply('subtract', typical, apply('sma', typical, bars));
    const scale = apply('multiply', graph.constant(0.015), apply('mean_deviation', typical, bars));
    return apply('divide', distance, scale);
  },
});
