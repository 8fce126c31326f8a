import type { Kernel } from '../kernel.ts';
import { windowFalls } from '../falls.ts';

/** The kernel of `ulcer_index`. */
export const ulcerIndex: Kernel = ({ series, scalar }) => {
  const width = scalar(1);
  return windowFalls(series(0), width).map((squares) => 100 * Math.sqrt(squares / width));
};
