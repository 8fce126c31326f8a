import type { Kernel } from '../kernel.ts';

/** The kernel of `choose`. */
export const choose: Kernel = ({ length, series }) => {
  const [condition, a, b] = [series(0), series(1), series(2)];
  const out = new Float64Array(length);
  for (let t = 0; t < length; t += 1) out[t] = condition[t] !== 0 ? a[t] : b[t];
  return out;
};
