import type { Kernel, KernelInputs } from './kernel.ts';

/**
 * Calls `measure(start, end)` for every window of `width` bars without a NaN and stores what it gives
 * at the window's last bar; NaN elsewhere. It costs bars times width: for what counts from a mean, a peak or
 * parts that are other ones in every window, so that no window is made of the one before.
 */
export function overWindows(
  { length }: KernelInputs,
  source: Float64Array,
  width: number,
  measure: (start: number, end: number) => number,
): Float64Array {
  const out = new Float64Array(length).fill(NaN);
  let missingUntil = -1;
  for (let t = 0; t < length; t += 1) {
    if (Number.isNaN(source[t])) missingUntil = t + width - 1;
    if (t >= width - 1 && t > missingUntil) out[t] = measure(t - width + 1, t + 1);
  }
  return out;
}

/**
 * The sums of all windows of `width` bars, each over `divisor`: differences of one running sum, in which
 * a missing value counts as 0. A window that holds one is missing itself.
 */
export function rollingSum(source: Float64Array, width: number, divisor: number): Float64Array {
  const { length } = source;
  const out = new Float64Array(length);
  const { sums, missing } = runningSums(source);
  const start = Math.min(length, width - 1);
  for (let t = 0; t < start; t += 1) out[t] = NaN;
  for (let t = start; t < length; t += 1) out[t] = (sums[t + 1] - sums[t + 1 - width]) / divisor;
  if (missing === null) return out;
  for (let t = start; t < length; t += 1) if (missing[t + 1] !== missing[t + 1 - width]) out[t] = NaN;
  return out;
}

/** Operations that are sums of windows, and whether each is over the number of its bars. */
export const WINDOW_SUMS: Readonly<Record<string, { readonly isMean: boolean }>> = {
  sma: { isMean: true },
  sum: { isMean: false },
};

/** The running sums of a series. */
export interface RunningSums {
  /** Element i is the sum of the first i values. */
  readonly sums: Float64Array;
  /** Element i is how many of the first i values are missing; null where none is. */
  readonly missing: Int32Array | null;
}

/** A sweep takes windows of many widths over one series: its running sum is kept as long as the series is. */
const knownSums = new WeakMap<Float64Array, RunningSums>();

/** The running sums of a series, in which a missing value counts as 0. */
export function runningSums(source: Float64Array): RunningSums {
  const known = knownSums.get(source);
  if (known) return known;
  const { length } = source;
  const sums = new Float64Array(length + 1);
  let total = 0;
  let missing: Int32Array | null = null;
  for (let t = 0; t < length; t += 1) {
    // Left where a value is missing, as in `smooth`.
    for (; t < length; t += 1) {
      if (Number.isNaN(source[t])) break;
      total += source[t];
      sums[t + 1] = total;
    }
    if (t === length) break;
    sums[t + 1] = total;
    missing ??= new Int32Array(length + 1);
    missing[t + 1] = 1;
  }
  if (missing) for (let t = 0; t < length; t += 1) missing[t + 1] += missing[t];
  const running = { sums, missing };
  knownSums.set(source, running);
  return running;
}

/**
 * The highest value of each window, the oldest of equal ones, or how many bars ago it was last; of the lowest where `sign` is -1. A window
 * is the end of one block of `width` bars and the beginning of the next: the highest of a beginning is known from bar to bar, that of
 * every end once the block is over.
 */
export function extreme(sign: 1 | -1, pick: 'value' | 'barsSince'): Kernel {
  return ({ length, series, scalar }) => {
    const source = series(0);
    const width = scalar(1);
    const takesNewest = pick === 'barsSince';
    const out = new Float64Array(length).fill(NaN);
    // Element i is the highest of the block before from its bar i on, and its bar; there is none of no bars.
    const ends = new Float64Array(Math.min(width, length) + 1).fill(-Infinity);
    const endBars = new Int32Array(ends.length);
    let knownFrom = 0;
    for (let start = 0; start < length; start += width) {
      const next = Math.min(length, start + width);
      let highest = -Infinity;
      let bar = start;
      for (let t = start; t < next; t += 1) {
        const value = sign * source[t];
        if (value > highest || (takesNewest && value === highest)) {
          highest = value;
          bar = t;
        } else if (Number.isNaN(value)) knownFrom = t + 1;
        const place = t - start + 1;
        const isLater = highest > ends[place] || (takesNewest && highest === ends[place]);
        if (t - knownFrom >= width - 1) {
          if (takesNewest) out[t] = t - (isLater ? bar : endBars[place]);
          else out[t] = sign * (isLater ? highest : ends[place]);
        }
      }
      highest = -Infinity;
      bar = next - 1;
      for (let t = next - 1; t >= start; t -= 1) {
        const value = sign * source[t];
        if (!(highest > value || (takesNewest && highest === value))) {
          highest = value;
          bar = t;
        }
        ends[t - start] = highest;
        endBars[t - start] = bar;
      }
    }
    return out;
  };
}

/** The mean of source[start] to source[end - 1], summed from the oldest on. */
export function meanOf(source: Float64Array, start: number, end: number): number {
  let total = 0;
  for (let t = start; t < end; t += 1) total += source[t];
  return total / (end - start);
}
