import type { Kernel } from '../kernel.ts';

/** The kernel of `greater`. */
export const greater: Kernel = ({ length, series }) => {
  const [a, b] = [series(0), series(1)];
  const out = new Float64Array(length);
  for (let t = 0; t < length; t += 1) out[t] = Number(a[t] > b[t]);
  return out;
};
