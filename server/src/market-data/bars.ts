import type { BarColumns } from '@ai-trading/compute';

/** Bars as columns with the close that includes later splits and dividends; NaN where it is not known. */
export interface StoredBars extends BarColumns {
  readonly adjustedClose: Float64Array;
}

/** Closing prices as columns. */
export type Closes = Pick<StoredBars, 'timesMs' | 'close'>;

/** The bars from `from` to `to`, both included, in epoch milliseconds. */
export function barsBetween(bars: StoredBars, from: number | null, to: number | null): StoredBars {
  const start = from === null ? 0 : firstAtOrAfter(bars.timesMs, from);
  const end = to === null ? bars.timesMs.length : firstAtOrAfter(bars.timesMs, to + 1);
  return mapColumns(bars, (column) => column.subarray(start, end));
}

/** Prices scaled bar by bar so that the close is the adjusted close, where it is known. */
export function adjusted(bars: StoredBars): BarColumns {
  const { timesMs, open, high, low, close, volume } = bars;
  if (!bars.adjustedClose.some((price) => price > 0)) return { timesMs, open, high, low, close, volume };
  const factor = close.map((close, t) => (bars.adjustedClose[t] > 0 ? bars.adjustedClose[t] / close : 1));
  const scaled = (column: Float64Array) => column.map((value, t) => value * factor[t]);
  return { timesMs, open: scaled(open), high: scaled(high), low: scaled(low), close: scaled(close), volume };
}

/**
 * Closes that include the splits and dividends which the bars of an instrument know of: each is scaled as the first bar
 * at or after it is, by nothing where there is none.
 */
export function adjustedCloses(closes: Closes, bars: StoredBars | null): Closes {
  const { timesMs, close } = closes;
  if (!bars || bars.timesMs.length === 0) return closes;
  const last = bars.timesMs.length - 1;
  let at = 0;
  const scaled = close.map((price, t) => {
    while (at < last && bars.timesMs[at] < timesMs[t]) at += 1;
    const adjustedClose = bars.adjustedClose[at];
    return adjustedClose > 0 ? price * (adjustedClose / bars.close[at]) : price;
  });
  return { timesMs, close: scaled };
}

/** At most `count` bars, each the union of consecutive ones: first open, highest high, lowest low, last close, total volume. */
export function downsampleBars(bars: BarColumns, count: number): BarColumns {
  const { length } = bars.timesMs;
  if (length <= count) return bars;
  const out = {
    timesMs: new Float64Array(count),
    open: new Float64Array(count),
    high: new Float64Array(count),
    low: new Float64Array(count),
    close: new Float64Array(count),
    volume: new Float64Array(count),
  };
  for (let bucket = 0; bucket < count; bucket += 1) {
    const start = Math.floor((bucket * length) / count);
    const end = Math.floor(((bucket + 1) * length) / count);
    let [high, low, volume] = [-Infinity, Infinity, 0];
    for (let t = start; t < end; t += 1) {
      high = Math.max(high, bars.high[t]);
      low = Math.min(low, bars.low[t]);
      volume += bars.volume[t];
    }
    out.timesMs[bucket] = bars.timesMs[end - 1];
    out.open[bucket] = bars.open[start];
    out.close[bucket] = bars.close[end - 1];
    [out.high[bucket], out.low[bucket], out.volume[bucket]] = [high, low, volume];
  }
  return out;
}

/** The places of at most `count` values of a series, ends and extremes of each stretch kept. */
export function downsampleIndices(values: Float64Array, count: number): Int32Array {
  const { length } = values;
  if (length <= count) return Int32Array.from({ length }, (_, index) => index);
  const buckets = Math.max(1, Math.floor((count - 2) / 2));
  const chosen = new Set<number>([0, length - 1]);
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const start = Math.floor((bucket * length) / buckets);
    const end = Math.floor(((bucket + 1) * length) / buckets);
    let [least, greatest] = [start, start];
    for (let t = start + 1; t < end; t += 1) {
      if (values[t] < values[least]) least = t;
      if (values[t] > values[greatest]) greatest = t;
    }
    chosen.add(least).add(greatest);
  }
  return Int32Array.from(chosen).toSorted();
}

/** The values at the given places. */
export function pick(column: Float64Array, indices: Int32Array): Float64Array {
  return Float64Array.from(indices, (index) => column[index]);
}

/** The place of the first time at or after `timeMs`. */
export function firstAtOrAfter(timesMs: Float64Array, timeMs: number): number {
  let [low, high] = [0, timesMs.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timesMs[middle] < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function mapColumns(bars: StoredBars, change: (column: Float64Array) => Float64Array): StoredBars {
  const { timesMs, open, high, low, close, volume, adjustedClose } = bars;
  return {
    timesMs: change(timesMs),
    open: change(open),
    high: change(high),
    low: change(low),
    close: change(close),
    volume: change(volume),
    adjustedClose: change(adjustedClose),
  };
}
