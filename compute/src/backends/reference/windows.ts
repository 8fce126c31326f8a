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
  const missing = new Int32Array(length + 1);
  for (let t = 0; t < length; t += 1) {
    const isMissing = Number.isNaN(source[t]);
    sums[t + 1] = isMissing ? sums[t] : sums[t] + source[t];
    missing[t + 1] = missing[t] + (isMissing ? 1 : 0);
  }
  const running = { sums, missing: missing[length] === 0 ? null : missing };
  knownSums.set(source, running);
  return running;
}

/**
 * The best value of each window, or how many bars ago it was; `isBetter` says whether a later one replaces it. Of each window only
 * those bars are kept that no later one replaces, so that every bar is looked at a few times whatever the window's width.
 */
export function extreme(
  isBetter: (candidate: number, best: number) => boolean,
  pick: 'value' | 'barsSince',
): Kernel {
  return ({ length, series, scalar }) => {
    const [source, width] = [series(0), scalar(1)];
    const out = new Float64Array(length).fill(NaN);
    const kept = new Int32Array(length);
    let [first, end, knownFrom] = [0, 0, 0];
    for (let t = 0; t < length; t += 1) {
      if (Number.isNaN(source[t])) {
        [first, knownFrom] = [end, t + 1];
        continue;
      }
      while (end > first && isBetter(source[t], source[kept[end - 1]])) end -= 1;
      kept[end] = t;
      end += 1;
      if (kept[first] <= t - width) first += 1;
      if (t - knownFrom < width - 1) continue;
      out[t] = pick === 'value' ? source[kept[first]] : t - kept[first];
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
