import type { Kernel } from '../kernel.ts';
import { overWindows, meanOf } from '../windows.ts';

/** The kernel of `slope`. */
export const slope: Kernel = (inputs) => {
  const source = inputs.series(0);
  const width = inputs.scalar(1);
  const middle = (width - 1) / 2;
  return overWindows(inputs, source, width, (start, end) => {
    const mean = meanOf(source, start, end);
    let [above, below] = [0, 0];
    for (let t = start; t < end; t += 1) {
      const x = t - start - middle;
      above += x * (source[t] - mean);
      below += x * x;
    }
    return below === 0 ? NaN : above / below;
  });
};
