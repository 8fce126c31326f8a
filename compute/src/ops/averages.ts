import { defineOp, length, series } from './define.ts';

const windowed = [series('source'), length()];
const lessOne = ([bars]: readonly number[]): number => bars - 1;

/** Moving averages. The exponential ones start from the simple mean of their first `length` values. */
export const averages = [
  defineOp({
    name: 'sma',
    summary: 'Simple moving average: differences of one running sum, divided by the length.',
    inputs: windowed,
    warmUp: lessOne,
  }),
  defineOp({
    name: 'ema',
    summary: 'Exponential moving average with weight 2 / (length + 1).',
    inputs: windowed,
    warmUp: lessOne,
  }),
  defineOp({
    name: 'rma',
    summary: "Wilder's average: an exponential one with weight 1 / length.",
    inputs: windowed,
    warmUp: lessOne,
  }),
  defineOp({
    name: 'wma',
    summary: 'Linearly weighted moving average; the newest bar weighs most.',
    inputs: windowed,
    warmUp: lessOne,
  }),
  defineOp({
    name: 'dema',
    summary: 'Double exponential moving average: 2 ema - ema(ema).',
    inputs: windowed,
    compose: (apply, [source, bars], graph) => {
      const once = apply('ema', source, bars);
      return apply('subtract', apply('multiply', graph.constant(2), once), apply('ema', once, bars));
    },
  }),
  defineOp({
    name: 'tema',
    summary: 'Triple exponential moving average: 3 ema - 3 ema(ema) + ema(ema(ema)).',
    inputs: windowed,
    compose: (apply, [source, bars], graph) => {
      const once = apply('ema', source, bars);
      const twice = apply('ema', once, bars);
      const difference = apply('multiply', graph.constant(3), apply('subtract', once, twice));
      return apply('add', difference, apply('ema', twice, bars));
    },
  }),
  defineOp({
    name: 'hma',
    summary: "Hull's moving average: wma(2 wma(n / 2) - wma(n), sqrt(n)).",
    inputs: windowed,
    compose: (apply, [source, bars], graph) => {
      const half = apply('whole', apply('divide', bars, graph.constant(2)));
      const faster = apply('multiply', graph.constant(2), apply('wma', source, half));
      const raw = apply('subtract', faster, apply('wma', source, bars));
      return apply('wma', raw, apply('whole', apply('sqrt', bars)));
    },
  }),
  defineOp({
    name: 'vwma',
    summary: 'Volume-weighted moving average.',
    inputs: windowed,
    compose: (apply, [source, bars], graph) => {
      const volume = graph.price('volume');
      return apply(
        'divide',
        apply('sum', apply('multiply', source, volume), bars),
        apply('sum', volume, bars),
      );
    },
  }),
  defineOp({ name: 'whole', summary: 'The whole part of a number.', inputs: [series('a')] }),
];
