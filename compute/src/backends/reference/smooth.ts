/**
 * An average that starts as the mean of its first `bars` values and then moves by `weight`. A missing
 * value gives NaN on its bar and leaves the average as it was.
 */
export function smooth(source: Float64Array, bars: number, weight: number): Float64Array {
  const out = new Float64Array(source.length).fill(NaN);
  let seen = 0;
  let value = 0;
  for (let t = 0; t < source.length; t += 1) {
    if (Number.isNaN(source[t])) continue;
    seen += 1;
    if (seen < bars) value += source[t];
    else if (seen === bars) value = (value + source[t]) / bars;
    else value += weight * (source[t] - value);
    if (seen >= bars) out[t] = value;
  }
  return out;
}
