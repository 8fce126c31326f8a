import type { Kernel } from '../kernel.ts';
import { overWindows } from '../windows.ts';

/** The kernel of `ulcer_index`. */
export const ulcerIndex: Kernel = (inputs) => {
  const source = inputs.series(0);
  const width = inputs.scalar(1);
  return overWindows(inputs, source, width, (start, end) => {
    let highest = source[start];
    let squares = 0;
    for (let t = start; t < end; t += 1) {
      if (source[t] > highest) highest = source[t];
      const lost = (100 * (source[t] - highest)) / highest;
      squares += lost * lost;
    }
    return Math.sqrt(squares / width);
  });
};
