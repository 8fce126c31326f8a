import type { Kernel } from '../kernel.ts';

/** The kernel of `not`. */
export const not: Kernel = ({ length, series }) => {
  const a = series(0);
  const out = new Float64Array(length);
  for (let t = 0; t < length; t += 1) out[t] = Number(a[t] === 0);
  return out;
};
