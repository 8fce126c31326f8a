import { defineOp, length } from './define.ts';

/**
 * 100 log(sum of true ranges / (highest true high - lowest true low)) / log(length); needs a length of at
 * least 2.
 */
export const choppiness = defineOp({
  name: 'choppiness',
  group: 'trend',
  summary: 'Choppiness index, 0 to 100: 100 for a market that goes nowhere.',
  inputs: [length(14)],
  compose: (apply, [bars], graph) => {
    const before = apply('lag', graph.price('close'), graph.constant(1));
    const highest = apply('highest', apply('max', graph.price('high'), before), bars);
    const lowest = apply('lowest', apply('min', graph.price('low'), before), bars);
    const path = apply('divide', apply('sum', apply('true_range'), bars), apply('subtract', highest, lowest));
    return apply('multiply', graph.constant(100), apply('divide', apply('log', path), apply('log', bars)));
  },
});
