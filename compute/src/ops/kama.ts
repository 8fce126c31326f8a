import { defineOp, length, series } from './define.ts';

/** Kaufman's adaptive average: between the weights of a fast and a slow ema by the efficiency ratio. */
export const kama = defineOp({
  name: 'kama',
  group: 'averages',
  summary:
    "Kaufman's adaptive average: between the weights of a fast and a slow ema by the efficiency ratio.",
  inputs: [series('source'), length(10), length(2, 'fast'), length(30, 'slow')],
  compose: (apply, [source, bars, fast, slow], graph) => {
    const weightOf = (span: number) =>
      apply('divide', graph.constant(2), apply('add', span, graph.constant(1)));
    const range = apply('subtract', weightOf(fast), weightOf(slow));
    const weight = apply(
      'add',
      apply('multiply', apply('efficiency_ratio', source, bars), range),
      weightOf(slow),
    );
    return apply(
      'adaptive_average',
      source,
      apply('multiply', weight, weight),
      apply('lag', source, graph.constant(1)),
    );
  },
});
