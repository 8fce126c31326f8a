const empty = (length: number) => new Float64Array(length).fill(NaN);

/** Simple moving average; NaN during its warm-up. */
export function sma(values: ArrayLike<number>, length: number): Float64Array {
  const out = empty(values.length);
  let sum = 0;
  for (let t = 0; t < values.length; t += 1) {
    sum += values[t] - (t >= length ? values[t - length] : 0);
    if (t >= length - 1) out[t] = sum / length;
  }
  return out;
}

/** Exponential moving average from the mean of its first values. */
export function ema(values: ArrayLike<number>, length: number): Float64Array {
  const out = empty(values.length);
  if (values.length < length) return out;
  let value = 0;
  for (let t = 0; t < length; t += 1) value += values[t] / length;
  out[length - 1] = value;
  for (let t = length; t < values.length; t += 1) {
    value += (2 / (length + 1)) * (values[t] - value);
    out[t] = value;
  }
  return out;
}

/** Bollinger bands: mean plus and minus two population standard deviations. */
export function bollinger(
  values: ArrayLike<number>,
  length: number,
): { upper: Float64Array; lower: Float64Array } {
  const middle = sma(values, length);
  const [upper, lower] = [empty(values.length), empty(values.length)];
  for (let t = length - 1; t < values.length; t += 1) {
    let squares = 0;
    for (let i = t - length + 1; i <= t; i += 1) squares += (values[i] - middle[t]) ** 2;
    const width = 2 * Math.sqrt(squares / length);
    upper[t] = middle[t] + width;
    lower[t] = middle[t] - width;
  }
  return { upper, lower };
}

/** Wilder's relative strength index, 0 to 100. */
export function rsi(values: ArrayLike<number>, length: number): Float64Array {
  const out = empty(values.length);
  let [gain, loss] = [0, 0];
  for (let t = 1; t < values.length; t += 1) {
    const change = values[t] - values[t - 1];
    const [up, down] = [Math.max(0, change), Math.max(0, -change)];
    const isWarm = t > length;
    gain += isWarm ? (up - gain) / length : up / length;
    loss += isWarm ? (down - loss) / length : down / length;
    if (t >= length) out[t] = gain + loss === 0 ? 50 : (100 * gain) / (gain + loss);
  }
  return out;
}

/** Moving average convergence and divergence: a fast average less a slow one, an average of that, and what is between them. */
export function macd(
  values: ArrayLike<number>,
  [fast, slow, signal]: readonly number[],
): { line: Float64Array; signal: Float64Array; histogram: Float64Array } {
  const [near, far] = [ema(values, fast), ema(values, slow)];
  const line = near.map((value, t) => value - far[t]);
  const start = line.findIndex((value) => !Number.isNaN(value));
  const average = empty(values.length);
  if (start >= 0) average.set(ema(line.subarray(start), signal), start);
  return { line, signal: average, histogram: line.map((value, t) => value - average[t]) };
}
