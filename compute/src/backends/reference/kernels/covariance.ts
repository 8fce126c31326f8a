import type { Kernel } from '../kernel.ts';
import { windowMoments } from '../moments.ts';

/** The kernel of `covariance`. */
export const covariance: Kernel = ({ series, scalar }) => {
  const width = scalar(2);
  return windowMoments(series(0), series(1), width).together.map((together) => together / width);
};
