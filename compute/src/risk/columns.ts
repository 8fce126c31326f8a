/** Simple returns between consecutive levels; one shorter than the levels. */
export function simpleReturns(levels: Float64Array): Float64Array {
  const out = new Float64Array(Math.max(0, levels.length - 1));
  for (let t = 1; t < levels.length; t += 1) out[t - 1] = levels[t] / levels[t - 1] - 1;
  return out;
}

/** level / running peak - 1: never above 0. */
export function drawdownSeries(levels: Float64Array): Float64Array {
  const out = new Float64Array(levels.length);
  let peak = -Infinity;
  for (let t = 0; t < levels.length; t += 1) {
    if (levels[t] > peak) peak = levels[t];
    out[t] = peak > 0 ? levels[t] / peak - 1 : 0;
  }
  return out;
}

/** The arithmetic mean; NaN of nothing. */
export function mean(values: ArrayLike<number>): number {
  let total = 0;
  for (let t = 0; t < values.length; t += 1) total += values[t];
  return total / values.length;
}

/** The sample standard deviation (n - 1); NaN below two values. */
export function standardDeviation(values: ArrayLike<number>): number {
  const centre = mean(values);
  let squares = 0;
  for (let t = 0; t < values.length; t += 1) squares += (values[t] - centre) * (values[t] - centre);
  return values.length < 2 ? NaN : Math.sqrt(squares / (values.length - 1));
}

/** Returns that differ by less than this are the same but for rounding: a level over the one before keeps 2e-16. */
export const RETURN_NOISE = 1e-14;

/** The quantile of ascending values by linear interpolation between order statistics (NumPy's default). */
export function quantileOfSorted(sorted: Float64Array, probability: number): number {
  const place = (sorted.length - 1) * probability;
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

/** Returns compounded over every run of `horizon` consecutive ones, overlapping. */
export function overlappingReturns(returns: Float64Array, horizon: number): Float64Array {
  if (horizon === 1) return returns;
  const out = new Float64Array(Math.max(0, returns.length - horizon + 1));
  for (let t = 0; t < out.length; t += 1) {
    let growth = 1;
    for (let i = 0; i < horizon; i += 1) growth *= 1 + returns[t + i];
    out[t] = growth - 1;
  }
  return out;
}
