import type { Kernel } from '../kernel.ts';
import { exp as exponential } from '../../elementary.ts';

/** The kernel of `exp`. */
export const exp: Kernel = ({ length, series }) => {
  const a = series(0);
  const out = new Float64Array(length);
  for (let t = 0; t < length; t += 1) out[t] = exponential(a[t]);
  return out;
};
