import type { Kernel } from '../kernel.ts';

/** The kernel of `sqrt`. */
export const sqrt: Kernel = ({ length, series }) => {
  const a = series(0);
  const out = new Float64Array(length);
  for (let t = 0; t < length; t += 1) out[t] = Math.sqrt(a[t]);
  return out;
};
