import type { Kernel } from '../kernel.ts';
import { windowFalls } from '../falls.ts';

/** The kernel of `ulcer_index`. */
export const ulcerIndex: Kernel = ({ length, series, scalar }) => {
  const width = scalar(1);
  const falls = windowFalls(series(0), width);
  for (let t = 0; t < length; t += 1) falls[t] = 100 * Math.sqrt(falls[t] / width);
  return falls;
};
