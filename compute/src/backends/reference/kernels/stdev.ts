import type { Kernel } from '../kernel.ts';
import { windowMoments } from '../moments.ts';

/** The kernel of `stdev`. */
export const stdev: Kernel = ({ series, scalar }) => {
  const [source, width] = [series(0), scalar(1)];
  return windowMoments(source, source, width).together.map((squares) => Math.sqrt(squares / width));
};
