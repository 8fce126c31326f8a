import { PtxWriter, type Register } from './ptx.ts';

/** The name of the kernel in its module. */
export const RANGES_KERNEL = 'ranges';
/** Closes that are asked for before they are needed: a thread has nobody who works while it waits. */
const CLOSES_AHEAD = 8;
/** Least, greatest and worst ratio of the closes from a bar to the middle of its stretch. */
export const RANGE_BYTES = 24;

/** Threads that the kernel needs for a table of so many levels: one for each half of a stretch. */
export function rangeThreads(barsTotal: number, levels: number): number {
  return Array.from({ length: levels }, (_, level) => Math.ceil(barsTotal / 2 ** level)).reduce(
    (sum, halves) => sum + halves,
    0,
  );
}

/**
 * `ranges(closes, table, bars, levels, count)`: the disjoint sparse table of `wasm/tables.ts`, with its bits, one of `count` threads for
 * each half of a stretch. The longest halves come first.
 */
export function emitRanges(): string {
  const p = new PtxWriter();
  const [closes, table] = [p.parameter('u64'), p.parameter('u64')];
  const [bars, levels, count] = [p.parameter('u32'), p.parameter('u32'), p.parameter('u32')];
  const thread = p.threadIndex();
  p.block((end) => {
    p.goIf(p.compare('ge', 'u32', thread, count), end);
    const half = p.variable('u32', thread);
    const level = p.variable('u32', p.subtract('u32', levels, 1));
    p.loop((found) => {
      const rounded = p.add('u32', bars, p.subtract('u32', p.whole('shl', 1, level), 1));
      const halves = p.whole('shr', rounded, level);
      p.goIf(p.compare('lt', 'u32', half, halves), found);
      p.set(half, p.subtract('u32', half, halves));
      p.set(level, p.subtract('u32', level, 1));
    });
    emitHalf(p, { closes, table, bars, level, half });
  });
  return p.finish(RANGES_KERNEL);
}

interface Half {
  readonly closes: Register<'u64'>;
  readonly table: Register<'u64'>;
  readonly bars: Register<'u32'>;
  readonly level: Register<'u32'>;
  readonly half: Register<'u32'>;
}

/** Goes from the middle of a stretch outwards: to the left in even halves, to the right in odd ones, by the same instructions. */
function emitHalf(p: PtxWriter, { closes, table, bars, level, half }: Half): void {
  const isLeft = p.compare('eq', 'u32', p.whole('and', half, 1), 0);
  const from = p.whole('shl', half, level);
  const whole = p.add('u32', from, p.whole('shl', 1, level));
  const to = p.chooseWord(p.compare('lt', 'u32', bars, whole), bars, whole);
  const rest = p.variable('u32', p.subtract('u32', to, from));
  const bar = p.variable('u32', p.chooseWord(isLeft, p.subtract('u32', to, 1), from));
  // One bar on: 1, or as much as takes 1 away.
  const step = p.chooseWord(isLeft, 2 ** 32 - 1, 1);
  const ahead = p.chooseWord(isLeft, 2 ** 32 - CLOSES_AHEAD, CLOSES_AHEAD);
  const closeOf = (at: Register<'u32'>) => p.load('f64', p.add('u64', closes, p.wide(at, 8)));
  const row = p.whole('mul.lo', level, bars);
  const [least, greatest, ratio] = [Infinity, -Infinity, 1].map((value) => p.variable('f64', value));
  const next = Array.from({ length: CLOSES_AHEAD }, () => p.variable('f64', 0));
  const place = p.variable('u32', bar);
  next.forEach((value, index) => {
    p.if(p.compare('gt', 'u32', rest, index), () => p.set(value, closeOf(place)));
    p.set(place, p.add('u32', place, step));
  });
  p.loop((leave) => {
    for (const upcoming of next) {
      p.goIf(p.compare('eq', 'u32', rest, 0), leave);
      const value = p.variable('f64', upcoming);
      p.if(p.compare('gt', 'u32', rest, CLOSES_AHEAD), () =>
        p.set(upcoming, closeOf(p.add('u32', bar, ahead))),
      );
      const peak = p.choose(p.compare('gt', 'f64', value, greatest), value, greatest);
      const low = p.choose(isLeft, least, value);
      const high = p.choose(isLeft, value, peak);
      p.if(p.compare('lt', 'f64', low, p.multiply(ratio, high)), () => p.set(ratio, p.divide(low, high)));
      p.set(least, p.choose(p.compare('lt', 'f64', value, least), value, least));
      p.set(greatest, peak);
      const entry = p.add('u64', table, p.wide(p.add('u32', row, bar), RANGE_BYTES));
      [least, greatest, ratio].forEach((each, index) => p.store(entry, each, 8 * index));
      p.set(bar, p.add('u32', bar, step));
      p.set(rest, p.subtract('u32', rest, 1));
    }
  });
}
