import type { Kernel } from '../kernel.ts';
import { positionsIn, windowMoments } from '../moments.ts';

/** The kernel of `wma`: the mean, and what the weights make of how the values rise. */
export const wma: Kernel = ({ length, series, scalar }) => {
  const [source, width] = [series(0), scalar(1)];
  const weights = (width * (width + 1)) / 2;
  const { meansB, together } = windowMoments(positionsIn(source), source, width);
  for (let t = 0; t < length; t += 1) meansB[t] += together[t] / weights;
  return meansB;
};
