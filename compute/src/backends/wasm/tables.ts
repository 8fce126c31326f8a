import type { BarColumns } from '../../service/contract.ts';
import { type Layout, RANGE_BYTES } from './layout.ts';

/** Copies a series into a row; bars beyond its end have no value. */
export function writeRow(
  buffer: ArrayBufferLike,
  address: number,
  series: Float64Array,
  layout: Layout,
): void {
  const row = new Float64Array(buffer, address, layout.rowBytes / 8);
  // Element by element: set() into shared memory is several times slower.
  for (let t = 0; t < series.length; t += 1) row[t] = series[t];
  for (let t = series.length; t < row.length; t += 1) row[t] = NaN;
}

/** Packs truths (0 and 1) into a bitmap, the first bar in the lowest bit. */
export function writeBitmap(
  buffer: ArrayBufferLike,
  address: number,
  truths: Float64Array,
  layout: Layout,
): void {
  const halves = new Int32Array(buffer, address, layout.bitmapBytes / 4);
  for (let half = 0; half < halves.length; half += 1) {
    const start = 32 * half;
    const count = Math.min(32, truths.length - start);
    let bits = 0;
    for (let i = 0; i < count; i += 1) bits |= truths[start + i] << i;
    halves[half] = bits;
  }
}

/** What a comparison asks for: any of below, above and equal. */
export const COMPARED: Readonly<Record<string, number>> = {
  less: 1,
  greater: 2,
  less_equal: 1 | 4,
  greater_equal: 2 | 4,
  equal: 4,
  not_equal: 1 | 2,
};

/** Packs where two series compare as asked (see COMPARED): the bitmap of the comparison, without its truths as doubles in between. */
export function writeComparison(
  buffer: ArrayBufferLike,
  address: number,
  { a, b, asked }: { readonly a: Float64Array; readonly b: Float64Array; readonly asked: number },
  layout: Layout,
): void {
  const halves = new Int32Array(buffer, address, layout.bitmapBytes / 4);
  for (let half = 0; half < halves.length; half += 1) {
    const start = 32 * half;
    const count = Math.min(32, a.length - start);
    let bits = 0;
    for (let i = 0; i < count; i += 1) {
      const [x, y] = [a[start + i], b[start + i]];
      const is = (x < y ? 1 : 0) | (x > y ? 2 : 0) | (x === y ? 4 : 0);
      bits |= ((is & asked) === 0 ? 0 : 1) << i;
    }
    halves[half] = bits;
  }
}

/** Prices, and for the events plan what answers questions about a range of bars. */
export function writeTables(buffer: ArrayBufferLike, bars: BarColumns, layout: Layout): void {
  for (const name of ['open', 'high', 'low', 'close'] as const)
    writeRow(buffer, layout[name], bars[name], layout);
  const { barsTotal } = layout;
  const blocks = Math.ceil(barsTotal / 16);
  const lows = new Float64Array(buffer, layout.blockLows, blocks);
  const highs = new Float64Array(buffer, layout.blockHighs, blocks);
  for (let block = 0; block < blocks; block += 1) {
    lows[block] = Infinity;
    highs[block] = -Infinity;
    for (let t = 16 * block; t < Math.min(barsTotal, 16 * block + 16); t += 1) {
      if (bars.low[t] < lows[block]) lows[block] = bars.low[t];
      if (bars.high[t] > highs[block]) highs[block] = bars.high[t];
    }
  }
  if (layout.rangeLevels === 0) return;
  const returns = new Float64Array(buffer, layout.returnSums, barsTotal);
  const squares = new Float64Array(buffer, layout.squareSums, barsTotal);
  for (let t = 1; t < barsTotal; t += 1) {
    const change = bars.close[t] / bars.close[t - 1] - 1;
    returns[t] = returns[t - 1] + change;
    squares[t] = squares[t - 1] + change * change;
  }
  if (barsTotal > 0) returns[0] = squares[0] = 0;
  const table = new Float64Array(
    buffer,
    layout.rangeTable,
    (layout.rangeLevels * barsTotal * RANGE_BYTES) / 8,
  );
  for (let level = 0; level < layout.rangeLevels; level += 1) writeRangeLevel(table, bars.close, level);
}

/**
 * One level of a disjoint sparse table: from the middle of each stretch of 2^(level + 1) bars outwards, the least and
 * greatest close and the least close over an earlier one. A range whose ends first differ in bit `level` is two entries.
 */
function writeRangeLevel(table: Float64Array, close: Float64Array, level: number): void {
  const count = close.length;
  const half = 2 ** level;
  const put = (t: number, least: number, greatest: number, ratio: number) => {
    const at = 3 * (level * count + t);
    table[at] = least;
    table[at + 1] = greatest;
    table[at + 2] = ratio;
  };
  for (let middle = half; middle - half < count; middle += 2 * half) {
    let [least, greatest, ratio] = [Infinity, -Infinity, 1];
    for (let t = Math.min(middle, count) - 1; t >= middle - half; t -= 1) {
      const value = close[t];
      if (least < ratio * value) ratio = least / value;
      if (value < least) least = value;
      if (value > greatest) greatest = value;
      put(t, least, greatest, ratio);
    }
    [least, greatest, ratio] = [Infinity, -Infinity, 1];
    for (let t = middle; t < Math.min(middle + half, count); t += 1) {
      const value = close[t];
      if (value > greatest) greatest = value;
      if (value < ratio * greatest) ratio = value / greatest;
      if (value < least) least = value;
      put(t, least, greatest, ratio);
    }
  }
}
