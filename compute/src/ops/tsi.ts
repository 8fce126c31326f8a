import { defineOp, length, series } from './define.ts';

/** True strength index: the twice averaged change over the twice averaged size of the change, -100 to 100. */
export const tsi = defineOp({
  name: 'tsi',
  group: 'oscillators',
  summary:
    'True strength index: the twice averaged change over the twice averaged size of the change, -100 to 100.',
  inputs: [series('source'), length(25, 'slow'), length(13, 'fast')],
  compose: (apply, [source, slow, fast], graph) => {
    const moved = apply('change', source);
    const smooth = (node: number) => apply('ema', apply('ema', node, slow), fast);
    return apply(
      'multiply',
      graph.constant(100),
      apply('divide', smooth(moved), smooth(apply('abs', moved))),
    );
  },
});
