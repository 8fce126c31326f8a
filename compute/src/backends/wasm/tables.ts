import type { BarColumns } from '../../service/contract.ts';
import { BARS_PER_WORD, type Layout, RANGE_BYTES } from './layout.ts';

/** Copies a series into a row; bars beyond its end have no value. */
export function writeRow(
  buffer: ArrayBufferLike,
  address: number,
  series: Float64Array,
  layout: Layout,
): void {
  const row = new Float64Array(buffer, address, layout.rowBytes / 8);
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
  const halves = new Uint32Array(buffer, address, layout.bitmapBytes / 4);
  halves.fill(0);
  for (let t = 0; t < truths.length; t += 1) if (truths[t] !== 0) halves[t >>> 5] |= 1 << (t & 31);
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

/** Rows of one relation that are ranked against each other. */
export interface RankedRows {
  readonly rows: readonly number[];
  readonly ranks: readonly number[];
}

/**
 * Ranks rows on a common scale for words `from` to `to - 1`: 16-bit numbers such that a greater rank means a greater value, so that
 * eight bars compare at once and only equal ranks need the values. The scale is that of each 64 bars, so that equal ranks are rare.
 */
export function writeRanks(
  buffer: ArrayBufferLike,
  { rows, ranks }: RankedRows,
  layout: Layout,
  from: number,
  to: number,
): void {
  const values = rows.map((address) => new Float64Array(buffer, address, layout.rowBytes / 8));
  const shorts = ranks.map((address) => new Int16Array(buffer, address, layout.words * BARS_PER_WORD));
  const known = ranks.map(
    (address) => new Uint32Array(buffer, address + layout.words * BARS_PER_WORD * 2, layout.words * 2),
  );
  for (let word = from; word < to; word += 1) {
    const [start, end] = [word * BARS_PER_WORD, (word + 1) * BARS_PER_WORD];
    let [least, greatest] = [Infinity, -Infinity];
    for (const row of values) {
      for (let t = start; t < end; t += 1) {
        if (row[t] < least) least = row[t];
        if (row[t] > greatest) greatest = row[t];
      }
    }
    const scale = greatest > least && greatest - least < Infinity ? 65_535 / (greatest - least) : 0;
    for (let index = 0; index < values.length; index += 1) {
      rankWord(values[index], shorts[index], known[index], word, { least, scale });
    }
  }
}

function rankWord(
  row: Float64Array,
  shorts: Int16Array,
  known: Uint32Array,
  word: number,
  { least, scale }: { least: number; scale: number },
): void {
  const start = word * BARS_PER_WORD;
  for (let half = 0; half < 2; half += 1) {
    let bits = 0;
    for (let i = 0; i < 32; i += 1) {
      const t = start + 32 * half + i;
      const value = row[t];
      // The difference is 0 or more, so that dropping the fraction rounds down.
      shorts[t] = (((value - least) * scale) | 0) - 32_768;
      if (value === value) bits |= 1 << i;
    }
    known[2 * word + half] = bits;
  }
}
