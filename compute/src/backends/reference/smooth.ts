/**
 * An average that starts as the mean of its first `bars` values and then moves by `weight`. A missing
 * value gives NaN on its bar and leaves the average as it was.
 */
export function smooth(source: Float64Array, bars: number, weight: number): Float64Array {
  const { length } = source;
  const out = new Float64Array(length).fill(NaN);
  let seen = 0;
  let value = 0;
  for (let t = 0; t < length; t += 1) {
    // Left where a value is missing: to go on inside of it would take twice as long for every bar.
    for (; t < length; t += 1) {
      if (Number.isNaN(source[t])) break;
      seen += 1;
      if (seen > bars) value += weight * (source[t] - value);
      else if (seen === bars) value = (value + source[t]) / bars;
      else value += source[t];
      if (seen >= bars) out[t] = value;
    }
  }
  return out;
}
