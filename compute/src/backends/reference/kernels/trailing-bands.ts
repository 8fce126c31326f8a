import type { Kernel } from '../kernel.ts';

/** The kernel of `trailing_bands`. */
export const trailingBands: Kernel = ({ length, series }) => {
  const [source, upper, lower] = [series(0), series(1), series(2)];
  const out = new Float64Array(length).fill(NaN);
  let t = 0;
  while (t < length && Number.isNaN(source[t] + upper[t] + lower[t])) t += 1;
  if (t === length) return out;
  let [above, below, before] = [upper[t], lower[t], source[t]];
  let isRising = source[t] >= (above + below) / 2;
  for (; t < length; t += 1) {
    if (upper[t] < above || before > above) above = upper[t];
    if (lower[t] > below || before < below) below = lower[t];
    isRising = source[t] > (isRising ? below : above);
    out[t] = isRising ? below : above;
    before = source[t];
  }
  return out;
};
