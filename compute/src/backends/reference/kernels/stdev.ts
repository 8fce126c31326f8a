import type { Kernel } from '../kernel.ts';
import { windowMoments } from '../moments.ts';

/** The kernel of `stdev`. */
export const stdev: Kernel = ({ length, series, scalar }) => {
  const [source, width] = [series(0), scalar(1)];
  const { together } = windowMoments(source, source, width);
  for (let t = 0; t < length; t += 1) together[t] = Math.sqrt(together[t] / width);
  return together;
};
