import { defineOp, length, series } from './define.ts';

/** Coppock curve: the wma of the sum of two rates of change, in percent. */
export const coppock = defineOp({
  name: 'coppock',
  group: 'oscillators',
  summary: 'Coppock curve: the wma of the sum of two rates of change, in percent.',
  inputs: [series('source'), length(10), length(14, 'slow'), length(11, 'fast')],
  compose: (apply, [source, bars, slow, fast], graph) =>
    apply(
      'wma',
      apply(
        'multiply',
        graph.constant(100),
        apply('add', apply('roc', source, slow), apply('roc', source, fast)),
      ),
      bars,
    ),
});
