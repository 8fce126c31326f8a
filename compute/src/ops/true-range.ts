import { defineOp } from './define.ts';

/** The largest of high - low and the distances of both from the close before; from the second bar on. */
export const trueRange = defineOp({
  name: 'true_range',
  group: 'prices',
  summary:
    'The largest of high - low and the distances of both from the close before; from the second bar on.',
  inputs: [],
  compose: (apply, _inputs, graph) => {
    const before = apply('lag', graph.price('close'), graph.constant(1));
    const up = apply('abs', apply('subtract', graph.price('high'), before));
    const down = apply('abs', apply('subtract', graph.price('low'), before));
    const range = apply('subtract', graph.price('high'), graph.price('low'));
    const widest = apply('max', range, apply('max', up, down));
    return apply('after', widest, graph.constant(1));
  },
});
