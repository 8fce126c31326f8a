import type { Kernel } from '../kernel.ts';

/** The kernel of `abs`. */
export const abs: Kernel = ({ length, series }) => {
  const a = series(0);
  const out = new Float64Array(length);
  for (let t = 0; t < length; t += 1) out[t] = a[t] < 0 ? -a[t] : a[t];
  return out;
};
