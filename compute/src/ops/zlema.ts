import { defineOp, length, series } from './define.ts';

/** Ehlers and Way: the source plus its change over (length - 1) / 2 bars, averaged. */
export const zlema = defineOp({
  name: 'zlema',
  group: 'averages',
  summary: 'Zero-lag moving average: the ema of the source plus what it gained over half the length.',
  inputs: [series('source'), length()],
  compose: (apply, [source, bars], graph) => {
    const behind = apply(
      'whole',
      apply('divide', apply('subtract', bars, graph.constant(1)), graph.constant(2)),
    );
    return apply('ema', apply('add', source, apply('change', source, behind)), bars);
  },
});
