import type { Kernel } from '../kernel.ts';

/** An average that starts as the mean of its first `bars` values and then moves by `weight`. */
function smooth(source: Float64Array, bars: number, weight: number): Float64Array {
  const out = new Float64Array(source.length).fill(NaN);
  let start = 0;
  while (start < source.length && Number.isNaN(source[start])) start += 1;
  if (start + bars > source.length) return out;
  let value = 0;
  for (let t = start; t < start + bars; t += 1) value += source[t];
  value /= bars;
  out[start + bars - 1] = value;
  for (let t = start + bars; t < source.length; t += 1) {
    value += weight * (source[t] - value);
    out[t] = value;
  }
  return out;
}

/** Values that depend on all bars before. */
export const recursive: Readonly<Record<string, Kernel>> = {
  ema: ({ series, scalar }) => smooth(series(0), scalar(1), 2 / (scalar(1) + 1)),
  rma: ({ series, scalar }) => smooth(series(0), scalar(1), 1 / scalar(1)),
  rsi: ({ length, series, scalar }) => {
    const source = series(0);
    const gains = new Float64Array(length).fill(NaN);
    const losses = new Float64Array(length).fill(NaN);
    for (let t = 1; t < length; t += 1) {
      const change = source[t] - source[t - 1];
      gains[t] = change < 0 ? 0 : change;
      losses[t] = change < 0 ? -change : change - change;
    }
    const [up, down] = [smooth(gains, scalar(1), 1 / scalar(1)), smooth(losses, scalar(1), 1 / scalar(1))];
    return up.map((gain, t) => (gain + down[t] === 0 ? 50 : (100 * gain) / (gain + down[t])));
  },
  running_sum: ({ length, series }) => {
    const source = series(0);
    const out = new Float64Array(length);
    let total = 0;
    for (let t = 0; t < length; t += 1) {
      total += Number.isNaN(source[t]) ? 0 : source[t];
      out[t] = total;
    }
    return out;
  },
};
