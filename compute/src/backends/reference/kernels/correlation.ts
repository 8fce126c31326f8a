import type { Kernel } from '../kernel.ts';
import { crossMoments, overWindows } from '../windows.ts';

/** The kernel of `correlation`. */
export const correlation: Kernel = (inputs) => {
  const [a, b] = [inputs.series(0), inputs.series(1)];
  const both = a.map((value, t) => value + b[t]);
  return overWindows(inputs, both, inputs.scalar(2), (start, end) => {
    const { together, squaresA, squaresB } = crossMoments(a, b, start, end);
    return squaresA === 0 || squaresB === 0 ? NaN : together / Math.sqrt(squaresA * squaresB);
  });
};
