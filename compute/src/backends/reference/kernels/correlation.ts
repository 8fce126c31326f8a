import type { Kernel } from '../kernel.ts';
import { windowMoments } from '../moments.ts';

/** The kernel of `correlation`. */
export const correlation: Kernel = ({ length, series, scalar }) => {
  const [a, b, width] = [series(0), series(1), scalar(2)];
  const squaresA = windowMoments(a, a, width).together;
  const squaresB = windowMoments(b, b, width).together;
  const { together } = windowMoments(a, b, width);
  for (let t = 0; t < length; t += 1) {
    const product = squaresA[t] * squaresB[t];
    together[t] = squaresA[t] === 0 || squaresB[t] === 0 ? NaN : together[t] / Math.sqrt(product);
  }
  return together;
};
