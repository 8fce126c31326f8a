import { defineOp, length } from './define.ts';

/** aroon_up minus aroon_down, -100 to 100. */
export const aroonOscillator = defineOp({
  name: 'aroon_oscillator',
  group: 'trend',
  summary: 'aroon_up minus aroon_down, -100 to 100.',
  inputs: [length(25)],
  compose: (apply, [bars]) => apply('subtract', apply('aroon_up', bars), apply('aroon_down', bars)),
});
