import type { Kernel } from '../kernel.ts';
import { windowMoments } from '../moments.ts';

/** The kernel of `covariance`. */
export const covariance: Kernel = ({ length, series, scalar }) => {
  const width = scalar(2);
  const { together } = windowMoments(series(0), series(1), width);
  for (let t = 0; t < length; t += 1) together[t] /= width;
  return together;
};
