import type { Kernel } from '../kernel.ts';

/** The kernel of `running_sum`. */
export const runningSum: Kernel = ({ length, series }) => {
  const source = series(0);
  const out = new Float64Array(length);
  let total = 0;
  for (let t = 0; t < length; t += 1) {
    total += Number.isNaN(source[t]) ? 0 : source[t];
    out[t] = total;
  }
  return out;
};
