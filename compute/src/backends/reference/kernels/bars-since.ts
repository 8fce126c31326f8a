import type { Kernel } from '../kernel.ts';

/** The kernel of `bars_since`. */
export const barsSince: Kernel = ({ length, series }) => {
  const condition = series(0);
  const out = new Float64Array(length);
  let since = NaN;
  for (let t = 0; t < length; t += 1) {
    since = condition[t] !== 0 ? 0 : since + 1;
    out[t] = since;
  }
  return out;
};
