/** Where one series is above another but was not on the bar before; false on the first bar. */
export function crossing(above: Float64Array, other: Float64Array): Float64Array {
  const out = new Float64Array(above.length);
  for (let t = 1; t < above.length; t += 1)
    out[t] = Number(above[t - 1] <= other[t - 1]) & Number(above[t] > other[t]);
  return out;
}
