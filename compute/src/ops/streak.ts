import { defineOp, series } from './define.ts';

/** Bars that the source has risen (positive) or fallen (negative) without a break; 0 where it stood still. */
export const streak = defineOp({
  name: 'streak',
  group: 'oscillators',
  summary:
    'Bars that the source has risen (positive) or fallen (negative) without a break; 0 where it stood still.',
  inputs: [series('source')],
  compose: (apply, [source], graph) => {
    const moved = apply('change', source);
    const zero = graph.constant(0);
    const lasting = (runs: number) => apply('bars_since', apply('not', runs));
    const up = apply('greater', moved, zero);
    const down = apply('less', moved, zero);
    return apply('choose', up, lasting(up), apply('choose', down, apply('negate', lasting(down)), zero));
  },
});
