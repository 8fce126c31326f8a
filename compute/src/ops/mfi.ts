import { defineOp, length } from './define.ts';

/** Money flow index, 0 to 100. */
export const mfi = defineOp({
  name: 'mfi',
  group: 'volume',
  summary: 'Money flow index, 0 to 100.',
  inputs: [length(14)],
  compose: (apply, [bars], graph) => {
    const typical = apply('typical_price');
    const flow = apply('multiply', typical, graph.price('volume'));
    const moved = apply('change', typical, graph.constant(1));
    const zero = graph.constant(0);
    // How the first bar flows is unknown: nothing is before it.
    const none = apply('multiply', moved, zero);
    const up = apply('sum', apply('choose', apply('greater', moved, zero), flow, none), bars);
    const down = apply('sum', apply('choose', apply('less', moved, zero), flow, none), bars);
    return apply('multiply', graph.constant(100), apply('divide', up, apply('add', up, down)));
  },
});
