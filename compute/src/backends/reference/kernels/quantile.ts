import type { Kernel } from '../kernel.ts';
import { overWindows } from '../windows.ts';

/** The kernel of `quantile`. */
export const quantile: Kernel = (inputs) => {
  const source = inputs.series(0);
  const width = inputs.scalar(1);
  const position = inputs.scalar(2) * (width - 1);
  const below = Math.floor(position);
  if (!(below >= 0 && position <= width - 1)) return new Float64Array(inputs.length).fill(NaN);
  return overWindows(inputs, source, width, (start, end) => {
    const sorted = source.slice(start, end).sort();
    if (position === below) return sorted[below];
    return sorted[below] + (position - below) * (sorted[below + 1] - sorted[below]);
  });
};
