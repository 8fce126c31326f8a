import { defineOp, length } from './define.ts';

/** Fast minus slow simple average of the volume, in percent of the slow one. */
export const volumeOscillator = defineOp({
  name: 'volume_oscillator',
  group: 'volume',
  summary: 'Fast minus slow simple average of the volume, in percent of the slow one.',
  inputs: [length(14, 'fast'), length(28, 'slow')],
  compose: (apply, [fast, slow], graph) => {
    const slower = apply('sma', graph.price('volume'), slow);
    return apply(
      'multiply',
      graph.constant(100),
      apply('divide', apply('subtract', apply('sma', graph.price('volume'), fast), slower), slower),
    );
  },
});
