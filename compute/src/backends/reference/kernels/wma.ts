import type { Kernel } from '../kernel.ts';
import { overWindows } from '../windows.ts';

/** The kernel of `wma`. */
export const wma: Kernel = (inputs) => {
  const source = inputs.series(0);
  const width = inputs.scalar(1);
  const weights = (width * (width + 1)) / 2;
  return overWindows(inputs, source, width, (start, end) => {
    let total = 0;
    for (let t = start; t < end; t += 1) total += source[t] * (t - start + 1);
    return total / weights;
  });
};
