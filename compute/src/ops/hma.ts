import { defineOp, length, series } from './define.ts';

/** Hull's moving average: wma(2 wma(n / 2) - wma(n), sqrt(n)). */
export const hma = defineOp({
  name: 'hma',
  group: 'averages',
  summary: "Hull's moving average: wma(2 wma(n / 2) - wma(n), sqrt(n)).",
  inputs: [series('source'), length()],
  compose: (apply, [source, bars], graph) => {
    const half = apply('max', graph.constant(1), apply('whole', apply('divide', bars, graph.constant(2))));
    const faster = apply('multiply', graph.constant(2), apply('wma', source, half));
    const raw = apply('subtract', faster, apply('wma', source, bars));
    return apply('wma', raw, apply('whole', apply('sqrt', bars)));
  },
});
