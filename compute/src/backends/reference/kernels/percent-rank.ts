import type { Kernel } from '../kernel.ts';
import { overSortedWindows } from '../sorted-window.ts';

/** The kernel of `percent_rank`. */
export const percentRank: Kernel = ({ series, scalar }) => {
  const [source, width] = [series(0), scalar(1)];
  // The newest value is in the window too, and counts itself.
  return overSortedWindows(source, width + 1, (window, t) => (window.countUpTo(source[t]) - 1) / width);
};
