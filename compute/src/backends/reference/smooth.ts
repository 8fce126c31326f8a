/**
 * An average that starts as the mean of its first `bars` values, those before the first value left out,
 * and then moves by `weight` of each new distance. A value missing later makes all that follow missing.
 */
export function smooth(source: Float64Array, bars: number, weight: number): Float64Array {
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
