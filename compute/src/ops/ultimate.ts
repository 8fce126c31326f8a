import { defineOp, length } from './define.ts';

/**
 * Buying pressure (close minus the lower of low and close before) over true range, summed over three lengths
 * that weigh 4, 2 and 1.
 */
export const ultimate = defineOp({
  name: 'ultimate',
  group: 'oscillators',
  summary: "Williams' ultimate oscillator of three lengths, 0 to 100.",
  inputs: [length(7, 'fast'), length(14, 'middle'), length(28, 'slow')],
  compose: (apply, [fast, middle, slow], graph) => {
    const low = apply('min', graph.price('low'), apply('lag', graph.price('close'), graph.constant(1)));
    const pressure = apply('subtract', graph.price('close'), low);
    const average = (bars: number) =>
      apply('divide', apply('sum', pressure, bars), apply('sum', apply('true_range'), bars));
    const weighted = apply(
      'add',
      apply(
        'add',
        apply('multiply', graph.constant(4), average(fast)),
        apply('multiply', graph.constant(2), average(middle)),
      ),
      average(slow),
    );
    return apply('multiply', graph.constant(100), apply('divide', weighted, graph.constant(7)));
  },
});
