import type { Kernel } from '../kernel.ts';
import { log as logarithm } from '../../elementary.ts';

/** The kernel of `log`. */
export const log: Kernel = ({ length, series }) => {
  const a = series(0);
  const out = new Float64Array(length);
  for (let t = 0; t < length; t += 1) out[t] = logarithm(a[t]);
  return out;
};
