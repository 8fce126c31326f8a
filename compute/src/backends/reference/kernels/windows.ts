import type { Kernel, KernelInputs } from '../kernel.ts';

/**
 * Calls `measure(start, end)` for every window without a NaN and stores what it gives at the
 * window's last bar. `width` bars wide, ending `delay` bars before the bar it is stored at.
 */
function overWindows(
  { length }: KernelInputs,
  source: Float64Array,
  width: number,
  measure: (start: number, end: number) => number,
  delay = 0,
): Float64Array {
  const out = new Float64Array(length).fill(NaN);
  let missingUntil = -1;
  for (let t = 0; t + delay < length; t += 1) {
    if (Number.isNaN(source[t])) missingUntil = t + width - 1;
    if (t >= width - 1 && t > missingUntil) out[t + delay] = measure(t - width + 1, t + 1);
  }
  return out;
}

/** The running sum P with P[i] the sum of the first i values; NaN counts as 0 there and is masked by the window. */
function prefixSum(source: Float64Array): Float64Array {
  const sums = new Float64Array(source.length + 1);
  for (let t = 0; t < source.length; t += 1)
    sums[t + 1] = sums[t] + (Number.isNaN(source[t]) ? 0 : source[t]);
  return sums;
}

function extreme(
  isBetter: (candidate: number, best: number) => boolean,
  pick: 'value' | 'barsSince',
): Kernel {
  return (inputs) => {
    const source = inputs.series(0);
    return overWindows(inputs, source, inputs.scalar(1), (start, end) => {
      let best = start;
      for (let t = start + 1; t < end; t += 1) if (isBetter(source[t], source[best])) best = t;
      return pick === 'value' ? source[best] : end - 1 - best;
    });
  };
}

/** Statistics over a sliding window. */
export const windows: Readonly<Record<string, Kernel>> = {
  sma: (inputs) => {
    const source = inputs.series(0);
    const width = inputs.scalar(1);
    const sums = prefixSum(source);
    return overWindows(inputs, source, width, (start, end) => (sums[end] - sums[start]) / width);
  },
  sum: (inputs) => {
    const source = inputs.series(0);
    const sums = prefixSum(source);
    return overWindows(inputs, source, inputs.scalar(1), (start, end) => sums[end] - sums[start]);
  },
  highest: extreme((a, b) => a > b, 'value'),
  lowest: extreme((a, b) => a < b, 'value'),
  bars_since_highest: extreme((a, b) => a >= b, 'barsSince'),
  bars_since_lowest: extreme((a, b) => a <= b, 'barsSince'),
  stdev: (inputs) => {
    const source = inputs.series(0);
    const width = inputs.scalar(1);
    return overWindows(inputs, source, width, (start, end) => {
      const mean = meanOf(source, start, end);
      let squares = 0;
      for (let t = start; t < end; t += 1) squares += (source[t] - mean) * (source[t] - mean);
      return Math.sqrt(squares / width);
    });
  },
  mean_deviation: (inputs) => {
    const source = inputs.series(0);
    const width = inputs.scalar(1);
    return overWindows(inputs, source, width, (start, end) => {
      const mean = meanOf(source, start, end);
      let total = 0;
      for (let t = start; t < end; t += 1) total += Math.abs(source[t] - mean);
      return total / width;
    });
  },
  wma: (inputs) => {
    const source = inputs.series(0);
    const width = inputs.scalar(1);
    const weights = (width * (width + 1)) / 2;
    return overWindows(inputs, source, width, (start, end) => {
      let total = 0;
      for (let t = start; t < end; t += 1) total += source[t] * (t - start + 1);
      return total / weights;
    });
  },
  slope: (inputs) => {
    const source = inputs.series(0);
    const width = inputs.scalar(1);
    const middle = (width - 1) / 2;
    return overWindows(inputs, source, width, (start, end) => {
      const mean = meanOf(source, start, end);
      let [above, below] = [0, 0];
      for (let t = start; t < end; t += 1) {
        const x = t - start - middle;
        above += x * (source[t] - mean);
        below += x * x;
      }
      return below === 0 ? NaN : above / below;
    });
  },
  percent_rank: (inputs) => {
    const source = inputs.series(0);
    const width = inputs.scalar(1);
    return overWindows(inputs, source, width + 1, (start, end) => {
      let count = 0;
      for (let t = start; t < end - 1; t += 1) if (source[t] <= source[end - 1]) count += 1;
      return count / width;
    });
  },
  correlation: (inputs) => {
    const [a, b] = [inputs.series(0), inputs.series(1)];
    const both = a.map((value, t) => value + b[t]);
    return overWindows(inputs, both, inputs.scalar(2), (start, end) => correlationOf(a, b, start, end));
  },
  lag: ({ length, series, scalar }) => {
    const source = series(0);
    const bars = scalar(1);
    const out = new Float64Array(length).fill(NaN);
    for (let t = bars; t < length; t += 1) out[t] = source[t - bars];
    return out;
  },
  after: ({ series, scalar }) => series(0).slice().fill(NaN, 0, scalar(1)),
};

function meanOf(source: Float64Array, start: number, end: number): number {
  let total = 0;
  for (let t = start; t < end; t += 1) total += source[t];
  return total / (end - start);
}

function correlationOf(a: Float64Array, b: Float64Array, start: number, end: number): number {
  const [meanA, meanB] = [meanOf(a, start, end), meanOf(b, start, end)];
  let [together, squaresA, squaresB] = [0, 0, 0];
  for (let t = start; t < end; t += 1) {
    together += (a[t] - meanA) * (b[t] - meanB);
    squaresA += (a[t] - meanA) * (a[t] - meanA);
    squaresB += (b[t] - meanB) * (b[t] - meanB);
  }
  return squaresA === 0 || squaresB === 0 ? NaN : together / Math.sqrt(squaresA * squaresB);
}
