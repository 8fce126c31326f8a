import { defineOp, length, scalar, series } from './define.ts';

/**
 * (1 + v)^3 e3 - 3 v (1 + v)^2 e4 + 3 v^2 (1 + v) e5 - v^3 e6, with e3 to e6 the third to sixth ema and v
 * the factor.
 */
export const t3 = defineOp({
  name: 't3',
  group: 'averages',
  summary: "Tillson's T3: six ema's in a row, joined so that they lag little; `factor` is its volume factor.",
  inputs: [series('source'), length(5), scalar('factor', 0.7)],
  compose: (apply, [source, bars, factor], graph) => {
    const e3 = apply('ema', apply('ema', apply('ema', source, bars), bars), bars);
    const e4 = apply('ema', e3, bars);
    const e5 = apply('ema', e4, bars);
    const e6 = apply('ema', e5, bars);
    const square = apply('multiply', factor, factor);
    const cube = apply('multiply', square, factor);
    const times = (count: number, node: number) => apply('multiply', graph.constant(count), node);
    const c4 = apply(
      'negate',
      apply('add', apply('add', times(3, factor), times(6, square)), times(3, cube)),
    );
    const c3 = apply(
      'add',
      apply('add', graph.constant(1), times(3, factor)),
      apply('add', times(3, square), cube),
    );
    const c5 = apply('add', times(3, square), times(3, cube));
    const later = apply('subtract', apply('multiply', c5, e5), apply('multiply', cube, e6));
    return apply('add', apply('add', apply('multiply', c3, e3), apply('multiply', c4, e4)), later);
  },
});
