import type { Kernel } from '../kernel.ts';
import { crossMoments, overWindows } from '../windows.ts';

/** The kernel of `covariance`. */
export const covariance: Kernel = (inputs) => {
  const [a, b] = [inputs.series(0), inputs.series(1)];
  const width = inputs.scalar(2);
  const both = a.map((value, t) => value + b[t]);
  return overWindows(inputs, both, width, (start, end) => crossMoments(a, b, start, end).together / width);
};
