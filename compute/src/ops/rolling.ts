import { defineOp, length, scalar, series } from './define.ts';

const windowed = [series('source'), length()];
const lessOne = ([bars]: readonly number[]): number => bars - 1;

/** Statistics over the last `length` bars, the current one included; NaN where the window holds a NaN. */
export const rolling = [
  defineOp({
    name: 'lag',
    summary: 'The value `length` bars ago; written source[n].',
    inputs: [series('source'), { name: 'length', type: 'length' }],
    warmUp: ([bars]) => bars,
  }),
  defineOp({ name: 'sum', summary: 'The sum of the window.', inputs: windowed, warmUp: lessOne }),
  defineOp({
    name: 'highest',
    summary: 'The largest value of the window.',
    inputs: windowed,
    warmUp: lessOne,
  }),
  defineOp({
    name: 'lowest',
    summary: 'The smallest value of the window.',
    inputs: windowed,
    warmUp: lessOne,
  }),
  defineOp({
    name: 'stdev',
    summary: 'The population standard deviation of the window.',
    inputs: windowed,
    warmUp: lessOne,
  }),
  defineOp({
    name: 'mean_deviation',
    summary: 'The mean absolute deviation from the mean of the window.',
    inputs: windowed,
    warmUp: lessOne,
  }),
  defineOp({
    name: 'slope',
    summary: 'The slope per bar of the least-squares line through the window.',
    inputs: windowed,
    warmUp: lessOne,
  }),
  defineOp({
    name: 'correlation',
    summary: 'The Pearson correlation of a and b over the window; NaN where either is constant.',
    inputs: [series('a'), series('b'), length()],
    warmUp: lessOne,
  }),
  defineOp({
    name: 'percent_rank',
    summary: 'The fraction of the `length` values before this bar that are at or below it.',
    inputs: windowed,
    warmUp: ([bars]) => bars,
  }),
  defineOp({
    name: 'bars_since_highest',
    summary: 'Bars since the largest value of the window; the newest of equals.',
    inputs: windowed,
    warmUp: lessOne,
  }),
  defineOp({
    name: 'bars_since_lowest',
    summary: 'Bars since the smallest value of the window; the newest of equals.',
    inputs: windowed,
    warmUp: lessOne,
  }),
  defineOp({
    name: 'zscore',
    summary: 'How many standard deviations the source is from its mean over the window.',
    inputs: windowed,
    compose: (apply, [source, bars]) =>
      apply('divide', apply('subtract', source, apply('sma', source, bars)), apply('stdev', source, bars)),
  }),
  defineOp({
    name: 'change',
    summary: 'The source minus its value `length` bars ago.',
    inputs: [series('source'), length(1)],
    compose: (apply, [source, bars]) => apply('subtract', source, apply('lag', source, bars)),
  }),
  defineOp({
    name: 'roc',
    summary: 'The rate of change over `length` bars as a fraction.',
    inputs: windowed,
    compose: (apply, [source, bars]) => {
      const before = apply('lag', source, bars);
      return apply('divide', apply('subtract', source, before), before);
    },
  }),
  defineOp({
    name: 'percent',
    summary: 'So many percent of the close, as a distance in price units.',
    inputs: [scalar('percent')],
    compose: (apply, [percent], graph) =>
      apply('multiply', graph.price('close'), apply('divide', percent, graph.constant(100))),
  }),
];
