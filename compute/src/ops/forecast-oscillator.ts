import { defineOp, length, series } from './define.ts';

/** The source minus the line of the window before, drawn on by one bar, in percent of the source. */
export const forecastOscillator = defineOp({
  name: 'forecast_oscillator',
  group: 'oscillators',
  summary: 'The source minus the line of the window before, drawn on by one bar, in percent of the source.',
  inputs: [series('source'), length(14)],
  compose: (apply, [source, bars], graph) => {
    const line = apply('add', apply('linear_regression', source, bars), apply('slope', source, bars));
    const missed = apply('subtract', source, apply('lag', line, graph.constant(1)));
    return apply('multiply', graph.constant(100), apply('divide', missed, source));
  },
});
