import { firstAtOrAfter } from '../market-data/bars.ts';

/** Finds the times of a valuation that are told: all at which a price or a rate was, from the first event on. */
export type FindTimes = (
  told: ReadonlySet<Float64Array>,
  firstMs: number,
) => Generator<undefined, Float64Array>;

const DAY_MS = 86_400_000;

interface LaterDays {
  readonly days: readonly number[];
  readonly timesMs: Float64Array;
}

/** Cash, units or a flow that moves; a split changes no value. */
interface Move {
  readonly timeMs: number;
  readonly split?: unknown;
}

const knownDays = new WeakMap<Float64Array, LaterDays>();

/**
 * The times that are told, and after the last of them the end of every day, UTC, on which something
 * moved: cash has no prices, and what comes after the last one is seen all the same. A day is one point, as
 * it is by its close. Moves are in the order of time; the same times and days give the same column.
 */
export function withLaterDays(toldMs: Float64Array, moves: readonly (readonly Move[])[]): Float64Array {
  const lastMs = toldMs.at(-1) ?? -Infinity;
  const ends = new Set<number>();
  for (const list of moves)
    for (let index = list.length - 1; index >= 0 && list[index].timeMs > lastMs; index -= 1)
      if (!list[index].split) ends.add((Math.floor(list[index].timeMs / DAY_MS) + 1) * DAY_MS);
  if (ends.size === 0) return toldMs;
  const days = [...ends].sort((a, b) => a - b);
  const known = knownDays.get(toldMs);
  if (known?.days.length === days.length && known.days.every((day, index) => day === days[index]))
    return known.timesMs;
  const timesMs = Float64Array.from([...toldMs, ...days]);
  knownDays.set(toldMs, { days, timesMs });
  return timesMs;
}

/** Every time that is told from the first event on. */
export function* valuationTimes(
  told: ReadonlySet<Float64Array>,
  firstMs: number,
): Generator<undefined, Float64Array> {
  let times = new Float64Array(0);
  for (const timesMs of told) {
    const own = timesMs.subarray(firstAtOrAfter(timesMs, firstMs));
    // Most instruments have their prices at the same times.
    if (!isWithin(own, times)) times = union(times, own);
    yield;
  }
  return times;
}

/** Whether all values of a column in order are in another one. */
function isWithin(values: Float64Array, column: Float64Array): boolean {
  let next = values.length > 0 ? firstAtOrAfter(column, values[0]) : 0;
  for (let index = 0; index < values.length; index += 1, next += 1) {
    if (column[next] === values[index]) continue;
    while (next < column.length && column[next] < values[index]) next += 1;
    if (column[next] !== values[index]) return false;
  }
  return true;
}

/** The values of two columns in order, each once. */
function union(a: Float64Array, b: Float64Array): Float64Array<ArrayBuffer> {
  const all = new Float64Array(a.length + b.length);
  let [length, i, j] = [0, 0, 0];
  while (i < a.length || j < b.length) {
    const value = j === b.length || a[i] < b[j] ? a[i] : b[j];
    if (a[i] === value) i += 1;
    if (b[j] === value) j += 1;
    all[length] = value;
    length += 1;
  }
  return all.slice(0, length);
}
