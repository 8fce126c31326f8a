import type { Kernel } from '../kernel.ts';
import { overWindows, meanOf } from '../windows.ts';

/** The kernel of `stdev`. */
export const stdev: Kernel = (inputs) => {
  const source = inputs.series(0);
  const width = inputs.scalar(1);
  return overWindows(inputs, source, width, (start, end) => {
    const mean = meanOf(source, start, end);
    let squares = 0;
    for (let t = start; t < end; t += 1) squares += (source[t] - mean) * (source[t] - mean);
    return Math.sqrt(squares / width);
  });
};
