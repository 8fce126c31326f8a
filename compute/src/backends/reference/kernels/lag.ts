import type { Kernel } from '../kernel.ts';

/** The kernel of `lag`. */
export const lag: Kernel = ({ length, series, scalar }) => {
  const source = series(0);
  const bars = scalar(1);
  const out = new Float64Array(length).fill(NaN);
  for (let t = bars; t < length; t += 1) out[t] = source[t - bars];
  return out;
};
