import type { Kernel } from '../kernel.ts';
import { overWindows } from '../windows.ts';

/** The kernel of `percent_rank`. */
export const percentRank: Kernel = (inputs) => {
  const source = inputs.series(0);
  const width = inputs.scalar(1);
  return overWindows(inputs, source, width + 1, (start, end) => {
    let count = 0;
    for (let t = start; t < end - 1; t += 1) if (source[t] <= source[end - 1]) count += 1;
    return count / width;
  });
};
