import type { Kernel } from '../kernel.ts';
import { overWindows, meanOf } from '../windows.ts';

/** The kernel of `mean_deviation`. */
export const meanDeviation: Kernel = (inputs) => {
  const source = inputs.series(0);
  const width = inputs.scalar(1);
  return overWindows(inputs, source, width, (start, end) => {
    const mean = meanOf(source, start, end);
    let total = 0;
    for (let t = start; t < end; t += 1) total += Math.abs(source[t] - mean);
    return total / width;
  });
};
