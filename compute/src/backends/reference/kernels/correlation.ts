import type { Kernel } from '../kernel.ts';
import { windowMoments } from '../moments.ts';

/** The kernel of `correlation`. */
export const correlation: Kernel = ({ series, scalar }) => {
  const [a, b, width] = [series(0), series(1), scalar(2)];
  const squaresA = windowMoments(a, a, width).together;
  const squaresB = windowMoments(b, b, width).together;
  return windowMoments(a, b, width).together.map((together, t) =>
    squaresA[t] === 0 || squaresB[t] === 0 ? NaN : together / Math.sqrt(squaresA[t] * squaresB[t]),
  );
};
