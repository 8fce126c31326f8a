import { defineOp, length, series } from './define.ts';

/** Chande momentum oscillator: gains minus losses over their sum, -100 to 100; 0 where nothing moved. */
export const cmo = defineOp({
  name: 'cmo',
  group: 'oscillators',
  summary:
    'Chande momentum oscillator: gains minus losses over their sum, -100 to 100; 0 where nothing moved.',
  inputs: [series('source'), length(14)],
  compose: (apply, [source, bars], graph) => {
    const moved = apply('change', source);
    const size = apply('sum', apply('abs', moved), bars);
    return apply(
      'choose',
      apply('equal', size, graph.constant(0)),
      graph.constant(0),
      apply('multiply', graph.constant(100), apply('divide', apply('sum', moved, bars), size)),
    );
  },
});
