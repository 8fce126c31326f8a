import { defineOp, length, scalar, series } from './define.ts';

/** Oscillators of price and volume, by their authors' standard definitions. */
export const oscillators = [
  defineOp({
    name: 'rsi',
    summary: "Wilder's relative strength index, 0 to 100; 50 where nothing moved.",
    inputs: [series('source'), length(14)],
    warmUp: ([bars]) => bars,
  }),
  defineOp({
    name: 'macd',
    summary: 'Fast ema minus slow ema.',
    inputs: [series('source'), scalarLength('fast', 12), scalarLength('slow', 26)],
    compose: (apply, [source, fast, slow]) =>
      apply('subtract', apply('ema', source, fast), apply('ema', source, slow)),
  }),
  defineOp({
    name: 'macd_signal',
    summary: 'The ema of the macd.',
    inputs: [series('source'), scalarLength('fast', 12), scalarLength('slow', 26), scalarLength('signal', 9)],
    compose: (apply, [source, fast, slow, signal]) => apply('ema', apply('macd', source, fast, slow), signal),
  }),
  defineOp({
    name: 'macd_histogram',
    summary: 'The macd minus its signal.',
    inputs: [series('source'), scalarLength('fast', 12), scalarLength('slow', 26), scalarLength('signal', 9)],
    compose: (apply, [source, fast, slow, signal]) =>
      apply('subtract', apply('macd', source, fast, slow), apply('macd_signal', source, fast, slow, signal)),
  }),
  defineOp({
    name: 'stochastic',
    summary: 'Where the close lies in the range of the last `length` bars, 0 to 100 (raw %K).',
    inputs: [length(14)],
    compose: (apply, [bars], graph) => {
      const lowest = apply('lowest', graph.price('low'), bars);
      const range = apply('subtract', apply('highest', graph.price('high'), bars), lowest);
      const above = apply('subtract', graph.price('close'), lowest);
      return apply('multiply', graph.constant(100), apply('divide', above, range));
    },
  }),
  defineOp({
    name: 'williams_r',
    summary: 'Williams %R, -100 to 0.',
    inputs: [length(14)],
    compose: (apply, [bars], graph) => apply('subtract', apply('stochastic', bars), graph.constant(100)),
  }),
  defineOp({
    name: 'cci',
    summary: 'Commodity channel index: distance of the typical price from its mean in 0.015 mean deviations.',
    inputs: [length(20)],
    compose: (apply, [bars], graph) => {
      const typical = apply('typical_price');
      const distance = apply('subtract', typical, apply('sma', typical, bars));
      const scale = apply('multiply', graph.constant(0.015), apply('mean_deviation', typical, bars));
      return apply('divide', distance, scale);
    },
  }),
  defineOp({
    name: 'momentum',
    summary: 'The source minus its value `length` bars ago.',
    inputs: [series('source'), length(10)],
    compose: (apply, [source, bars]) => apply('change', source, bars),
  }),
  defineOp({
    name: 'mfi',
    summary: 'Money flow index, 0 to 100.',
    inputs: [length(14)],
    compose: (apply, [bars], graph) => {
      const typical = apply('typical_price');
      const flow = apply('multiply', typical, graph.price('volume'));
      const moved = apply('change', typical, graph.constant(1));
      const zero = graph.constant(0);
      const up = apply('sum', apply('choose', apply('greater', moved, zero), flow, zero), bars);
      const down = apply('sum', apply('choose', apply('less', moved, zero), flow, zero), bars);
      return apply('multiply', graph.constant(100), apply('divide', up, apply('add', up, down)));
    },
  }),
  defineOp({
    name: 'aroon_up',
    summary: 'How recent the highest high of length + 1 bars is, 100 for now.',
    inputs: [length(25)],
    compose: (apply, [bars], graph) => aroon(apply, bars, graph, 'bars_since_highest', 'high'),
  }),
  defineOp({
    name: 'aroon_down',
    summary: 'How recent the lowest low of length + 1 bars is, 100 for now.',
    inputs: [length(25)],
    compose: (apply, [bars], graph) => aroon(apply, bars, graph, 'bars_since_lowest', 'low'),
  }),
  defineOp({
    name: 'obv',
    summary: 'On-balance volume, starting from 0.',
    inputs: [],
    compose: (apply, _inputs, graph) => {
      const moved = apply('change', graph.price('close'), graph.constant(1));
      const volume = graph.price('volume');
      const zero = graph.constant(0);
      const down = apply('choose', apply('less', moved, zero), apply('negate', volume), zero);
      return apply('running_sum', apply('choose', apply('greater', moved, zero), volume, down));
    },
  }),
  defineOp({ name: 'running_sum', summary: 'The sum of all values so far.', inputs: [series('source')] }),
];

function scalarLength(name: string, defaultValue: number) {
  return { ...scalar(name, defaultValue), type: 'length' as const };
}

type Composer = NonNullable<Parameters<typeof defineOp>[0]['compose']>;

function aroon(
  apply: Parameters<Composer>[0],
  bars: number,
  graph: Parameters<Composer>[2],
  since: string,
  price: string,
): number {
  const ago = apply(since, graph.price(price), apply('add', bars, graph.constant(1)));
  const recent = apply('divide', apply('subtract', bars, ago), bars);
  return apply('multiply', graph.constant(100), recent);
}
