import type { Kernel } from '../kernel.ts';

/** The kernel of `rsi`: gains and losses are averaged as `smooth` does, side by side. */
export const rsi: Kernel = ({ length, series, scalar }) => {
  const source = series(0);
  const bars = scalar(1);
  const weight = 1 / bars;
  const out = new Float64Array(length).fill(NaN);
  let seen = 0;
  let up = 0;
  let down = 0;
  for (let t = 1; t < length; t += 1) {
    // Left where a change is missing, as in `smooth`.
    for (; t < length; t += 1) {
      const change = source[t] - source[t - 1];
      if (Number.isNaN(change)) break;
      // A product, since a branch goes the wrong way at every other bar.
      const gain = change === -Infinity ? 0 : change * Number(change > 0);
      const loss = gain - change;
      seen += 1;
      if (seen > bars) {
        up += weight * (gain - up);
        down += weight * (loss - down);
      } else {
        up += gain;
        down += loss;
        if (seen < bars) continue;
        up /= bars;
        down /= bars;
      }
      const moved = up + down;
      out[t] = moved === 0 ? 50 : (100 * up) / moved;
    }
  }
  return out;
};
