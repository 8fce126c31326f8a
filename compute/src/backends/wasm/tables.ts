import type { BarColumns } from '../../service/contract.ts';
import { type Layout, RANGE_BYTES } from './layout.ts';

/** Copies a series into a row and `more` values behind it; those beyond its end are missing. */
export function writeRow(
  buffer: ArrayBufferLike,
  address: number,
  series: Float64Array,
  layout: Layout,
  more = 0,
): void {
  const row = new Float64Array(buffer, address, layout.rowBytes / 8 + more);
  row.set(series);
  row.fill(NaN, series.length);
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

/**
 * One of the layout's shares of the tables: first prices with what is told by blocks and sums of them, then, for the events plan, each
 * level of the table that answers questions about a range of bars.
 */
export function writeTables(buffer: ArrayBufferLike, bars: BarColumns, layout: Layout, share: number): void {
  const level = share - 1;
  if (level < 0) return writePrices(buffer, bars, layout);
  const tableBytes = layout.rangeLevels * layout.barsTotal * RANGE_BYTES;
  writeRangeLevel(new Float64Array(buffer, layout.rangeTable, tableBytes / 8), bars.close, level);
}

function writePrices(buffer: ArrayBufferLike, bars: BarColumns, layout: Layout): void {
  for (const name of ['open', 'high', 'low', 'close'] as const)
    writeRow(buffer, layout[name], bars[name], layout);
  const { barsTotal } = layout;
  const blocks = Math.ceil(barsTotal / 16);
  const lows = new Float64Array(buffer, layout.blockLows, blocks);
  const highs = new Float64Array(buffer, layout.blockHighs, blocks);
  writeExtremes(lows, highs, bars, 16);
  if (layout.rangeLevels === 0) return;
  writeReturnSums(new Float64Array(buffer, layout.returnSums, 2 * barsTotal), bars.close);
}

/** Least low and greatest high of each so many bars; blocks without bars are never reached. */
export function writeExtremes(
  lows: Float64Array,
  highs: Float64Array,
  { low, high }: Pick<BarColumns, 'low' | 'high'>,
  barsPerBlock: number,
): void {
  for (let block = 0; block < lows.length; block += 1) {
    const from = barsPerBlock * block;
    let [least, greatest] = [Infinity, -Infinity];
    for (let t = from; t < Math.min(low.length, from + barsPerBlock); t += 1) {
      if (low[t] < least) least = low[t];
      if (high[t] > greatest) greatest = high[t];
    }
    lows[block] = least;
    highs[block] = greatest;
  }
}

/** Running sums of the closes' returns, each beside that of their squares. */
export function writeReturnSums(sums: Float64Array, close: Float64Array): void {
  let [returns, squares] = [0, 0];
  for (let t = 0; t < close.length; t += 1) {
    const change = t === 0 ? 0 : close[t] / close[t - 1] - 1;
    sums[2 * t] = returns += change;
    sums[2 * t + 1] = squares += change * change;
  }
}

/**
 * One level of a disjoint sparse table: from the middle of each stretch of 2^(level + 1) bars outwards, the least and
 * greatest close and the least rounded quotient of a close and an earlier one, at most 1. A range whose ends first differ in
 * bit `level` is two entries. Closes are positive, so that quotients keep their order when they are rounded: whatever parts a
 * stretch is put together of, it has the same bits.
 */
export function writeRangeLevel(table: Float64Array, close: Float64Array, level: number): void {
  const count = close.length;
  const half = 2 ** level;
  const first = 3 * level * count;
  for (let middle = half; middle - half < count; middle += 2 * half) {
    let [least, greatest, ratio] = [Infinity, -Infinity, 1];
    for (let t = Math.min(middle, count) - 1; t >= middle - half; t -= 1) {
      const value = close[t];
      // A quotient below the ratio is never missed: the product is rounded as well, and not beyond `least`.
      if (least <= ratio * value) ratio = Math.min(ratio, least / value);
      if (value < least) least = value;
      if (value > greatest) greatest = value;
      table[first + 3 * t] = least;
      table[first + 3 * t + 1] = greatest;
      table[first + 3 * t + 2] = ratio;
    }
    [least, greatest, ratio] = [Infinity, -Infinity, 1];
    for (let t = middle; t < Math.min(middle + half, count); t += 1) {
      const value = close[t];
      if (value <= ratio * greatest) ratio = Math.min(ratio, value / greatest);
      if (value > greatest) greatest = value;
      if (value < least) least = value;
      table[first + 3 * t] = least;
      table[first + 3 * t + 1] = greatest;
      table[first + 3 * t + 2] = ratio;
    }
  }
}
