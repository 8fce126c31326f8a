import { defineOp } from './define.ts';

/** Williams' accumulation / distribution: the summed distances of the close from the true low or high. */
export const williamsAccumulation = defineOp({
  name: 'williams_accumulation',
  group: 'volume',
  summary:
    "Williams' accumulation / distribution: the summed distances of the close from the true low or high.",
  inputs: [],
  compose: (apply, _inputs, graph) => {
    const before = apply('lag', graph.price('close'), graph.constant(1));
    const close = graph.price('close');
    const up = apply('subtract', close, apply('min', graph.price('low'), before));
    const down = apply('subtract', close, apply('max', graph.price('high'), before));
    const falls = apply('choose', apply('less', close, before), down, graph.constant(0));
    return apply('running_sum', apply('choose', apply('greater', close, before), up, falls));
  },
});
