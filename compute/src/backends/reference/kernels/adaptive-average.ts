import type { Kernel } from '../kernel.ts';

/** The kernel of `adaptive_average`. */
export const adaptiveAverage: Kernel = ({ length, series }) => {
  const [source, weight, start] = [series(0), series(1), series(2)];
  const out = new Float64Array(length).fill(NaN);
  let value = NaN;
  for (let t = 0; t < length; t += 1) {
    // Left where a value is missing, as in `smooth`.
    for (; t < length; t += 1) {
      const before = Number.isNaN(value) ? start[t] : value;
      const after = before + weight[t] * (source[t] - before);
      if (Number.isNaN(after)) break;
      value = after;
      out[t] = value;
    }
  }
  return out;
};
