import type { Kernel } from '../kernel.ts';

/** The kernel of `min`. */
export const min: Kernel = ({ length, series }) => {
  const [a, b] = [series(0), series(1)];
  const out = new Float64Array(length);
  for (let t = 0; t < length; t += 1) out[t] = b[t] < a[t] ? b[t] : a[t];
  return out;
};
