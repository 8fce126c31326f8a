import { type ApplyOp, defineOp, length, scalar, series } from './define.ts';
import type { GraphBuilder } from '../ir/graph.ts';

/** Ranges, channels and bands. */
export const volatility = [
  defineOp({
    name: 'typical_price',
    summary: '(high + low + close) / 3',
    inputs: [],
    compose: (apply, _inputs, graph) => {
      const sum = apply('add', apply('add', graph.price('high'), graph.price('low')), graph.price('close'));
      return apply('divide', sum, graph.constant(3));
    },
  }),
  defineOp({
    name: 'true_range',
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
  }),
  defineOp({
    name: 'atr',
    summary: "Average true range by Wilder's average, from the second bar on.",
    inputs: [length(14)],
    compose: (apply, [bars]) => apply('rma', apply('true_range'), bars),
  }),
  defineOp({
    name: 'bollinger_middle',
    summary: 'The simple mean in the middle of the bands.',
    inputs: [series('source'), length(20)],
    compose: (apply, [source, bars]) => apply('sma', source, bars),
  }),
  defineOp({
    name: 'bollinger_upper',
    summary: 'The mean plus so many population standard deviations.',
    inputs: [series('source'), length(20), scalar('deviations', 2)],
    compose: (apply, inputs) => band(apply, inputs, 'add'),
  }),
  defineOp({
    name: 'bollinger_lower',
    summary: 'The mean minus so many population standard deviations.',
    inputs: [series('source'), length(20), scalar('deviations', 2)],
    compose: (apply, inputs) => band(apply, inputs, 'subtract'),
  }),
  defineOp({
    name: 'bollinger_percent',
    summary: 'Where the source lies between the bands: 0 at the lower, 1 at the upper.',
    inputs: [series('source'), length(20), scalar('deviations', 2)],
    compose: (apply, inputs) => {
      const lower = apply('bollinger_lower', ...inputs);
      const width = apply('subtract', apply('bollinger_upper', ...inputs), lower);
      return apply('divide', apply('subtract', inputs[0], lower), width);
    },
  }),
  defineOp({
    name: 'donchian_upper',
    summary: 'The highest high of the `length` bars before this one.',
    inputs: [length(20)],
    compose: (apply, [bars], graph) => before(apply, graph, apply('highest', graph.price('high'), bars)),
  }),
  defineOp({
    name: 'donchian_lower',
    summary: 'The lowest low of the `length` bars before this one.',
    inputs: [length(20)],
    compose: (apply, [bars], graph) => before(apply, graph, apply('lowest', graph.price('low'), bars)),
  }),
  defineOp({
    name: 'keltner_upper',
    summary: 'The ema of the close plus so many average true ranges.',
    inputs: [length(20), scalar('multiple', 2), { ...length(10), name: 'atr_length' }],
    compose: (apply, inputs, graph) => keltner(apply, inputs, graph, 'add'),
  }),
  defineOp({
    name: 'keltner_lower',
    summary: 'The ema of the close minus so many average true ranges.',
    inputs: [length(20), scalar('multiple', 2), { ...length(10), name: 'atr_length' }],
    compose: (apply, inputs, graph) => keltner(apply, inputs, graph, 'subtract'),
  }),
  defineOp({
    name: 'plus_di',
    summary: "Wilder's positive directional indicator, 0 to 100.",
    inputs: [length(14)],
    compose: (apply, [bars], graph) => directional(apply, bars, graph, true),
  }),
  defineOp({
    name: 'minus_di',
    summary: "Wilder's negative directional indicator, 0 to 100.",
    inputs: [length(14)],
    compose: (apply, [bars], graph) => directional(apply, bars, graph, false),
  }),
  defineOp({
    name: 'adx',
    summary: "Wilder's average directional index, 0 to 100.",
    inputs: [length(14)],
    compose: (apply, [bars], graph) => {
      const plus = apply('plus_di', bars);
      const minus = apply('minus_di', bars);
      const apart = apply('abs', apply('subtract', plus, minus));
      const index = apply('multiply', graph.constant(100), apply('divide', apart, apply('add', plus, minus)));
      return apply('rma', index, bars);
    },
  }),
];

function before(apply: ApplyOp, graph: GraphBuilder, node: number): number {
  return apply('lag', node, graph.constant(1));
}

function band(apply: ApplyOp, [source, bars, deviations]: readonly number[], side: string): number {
  return apply(side, apply('sma', source, bars), apply('multiply', deviations, apply('stdev', source, bars)));
}

function keltner(apply: ApplyOp, inputs: readonly number[], graph: GraphBuilder, side: string): number {
  const [bars, multiple, atrBars] = inputs;
  return apply(
    side,
    apply('ema', graph.price('close'), bars),
    apply('multiply', multiple, apply('atr', atrBars)),
  );
}

function directional(apply: ApplyOp, bars: number, graph: GraphBuilder, positive: boolean): number {
  const one = graph.constant(1);
  const zero = graph.constant(0);
  const up = apply('change', graph.price('high'), one);
  const down = apply('negate', apply('change', graph.price('low'), one));
  const [mine, other] = positive ? [up, down] : [down, up];
  const counts = apply('and', apply('greater', mine, other), apply('greater', mine, zero));
  const moved = apply('rma', apply('after', apply('choose', counts, mine, zero), one), bars);
  return apply('multiply', graph.constant(100), apply('divide', moved, apply('atr', bars)));
}
