import type { Kernel } from '../kernel.ts';
import { overSortedWindows } from '../sorted-window.ts';

/** The kernel of `quantile`. */
export const quantile: Kernel = ({ length, series, scalar }) => {
  const width = scalar(1);
  const position = scalar(2) * (width - 1);
  const below = Math.floor(position);
  if (!(below >= 0 && position <= width - 1)) return new Float64Array(length).fill(NaN);
  return overSortedWindows(series(0), width, (window) => {
    if (position === below) return window.at(below);
    return window.at(below) + (position - below) * (window.at(below + 1) - window.at(below));
  });
};
