import { defineOp, length, series } from './define.ts';

/** Double exponential moving average: 2 ema - ema(ema). */
export const dema = defineOp({
  name: 'dema',
  group: 'averages',
  summary: 'Double exponential moving average: 2 ema - ema(ema).',
  inputs: [series('source'), length()],
  compose: (apply, [source, bars], graph) => {
    const once = apply('ema', source, bars);
    return apply('subtract', apply('multiply', graph.constant(2), once), apply('ema', once, bars));
  },
});
