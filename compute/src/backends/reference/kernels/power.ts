import type { Kernel } from '../kernel.ts';
import { power as raise } from '../../elementary.ts';

/** The kernel of `power`. */
export const power: Kernel = ({ length, series }) => {
  const [a, b] = [series(0), series(1)];
  const out = new Float64Array(length);
  for (let t = 0; t < length; t += 1) out[t] = raise(a[t], b[t]);
  return out;
};
