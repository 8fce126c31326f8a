import type { Kernel } from '../kernel.ts';
import { positionsIn, windowMoments } from '../moments.ts';

/** The kernel of `slope`. */
export const slope: Kernel = ({ length, series, scalar }) => {
  const [source, width] = [series(0), scalar(1)];
  const squares = (width * (width * width - 1)) / 12;
  const { together } = windowMoments(positionsIn(source), source, width);
  for (let t = 0; t < length; t += 1) together[t] = squares === 0 ? NaN : together[t] / squares;
  return together;
};
