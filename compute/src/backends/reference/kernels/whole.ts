import type { Kernel } from '../kernel.ts';

/** The kernel of `whole`. */
export const whole: Kernel = ({ length, series }) => {
  const a = series(0);
  const out = new Float64Array(length);
  for (let t = 0; t < length; t += 1) out[t] = Math.trunc(a[t]);
  return out;
};
