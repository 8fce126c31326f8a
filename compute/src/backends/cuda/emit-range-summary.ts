import { RANGE_BYTES } from './emit-ranges.ts';
import { SummaryWriter } from './emit-summary.ts';
import type { PtxWriter, Register } from './ptx.ts';

/** Where what answers for a range of bars begins. */
interface RangeMemory {
  /** Running sums of the closes' returns, each beside that of their squares. */
  readonly returnSums: Register<'u64'>;
  /** The levels that the kernel `ranges` makes. */
  readonly ranges: Register<'u64'>;
}

/** A position that is held over a range of bars. */
interface HeldPosition {
  readonly cash: Register<'f64'>;
  readonly units: Register<'f64'>;
}

/** One of the two entries of a range: least, greatest and worst ratio up to the middle, and the close of its end. */
interface RangeEntry {
  readonly least: Register<'f64'>;
  readonly greatest: Register<'f64'>;
  readonly ratio: Register<'f64'>;
  readonly close: Register<'f64'>;
}

interface RunningSums {
  readonly returns: Register<'f64'>;
  readonly squares: Register<'f64'>;
}

/** What is read of a range of bars. */
export interface HeldRange {
  readonly left: RangeEntry;
  readonly right: RangeEntry;
  /** The running sums before the range, and with it. */
  readonly before: RunningSums;
  readonly through: RunningSums;
}

/** Sums up an equity curve of which ranges of bars are answered by tables, as `passByTables` of wasm/emit-held-bars.ts. */
export class RangeSummaryWriter extends SummaryWriter {
  private readonly memory: RangeMemory;
  private readonly barsTotal: number;

  constructor(p: PtxWriter, memory: RangeMemory, barsTotal: number, initial: number) {
    super(p, initial);
    this.memory = memory;
    this.barsTotal = barsTotal;
  }

  /** Registers for what is read of a range. */
  emptyRange(): HeldRange {
    const number = () => this.p.variable('f64', 0);
    const entry = () => ({ least: number(), greatest: number(), ratio: number(), close: number() });
    const sums = () => ({ returns: number(), squares: number() });
    return { left: entry(), right: entry(), before: sums(), through: sums() };
  }

  /** Reads what is known of the bars `from` to `last`; `from` is not the first bar of all. */
  readRange(from: Register<'u32'>, last: Register<'u32'>, range: HeldRange): void {
    const { p, barsTotal, memory } = this;
    // On the level of the highest bit in which the ends differ; one bar is both ends of its range on the lowest.
    const differing = p.whole('or', p.whole('xor', from, last), 1);
    const level = p.subtract('u32', 31, p.leadingZeros(differing));
    const row = p.whole('mul.lo', level, barsTotal);
    const readEntry = (bar: Register<'u32'>, entry: RangeEntry) => {
      const place = p.add('u64', memory.ranges, p.wide(p.add('u32', row, bar), RANGE_BYTES));
      this.readPair(place, 0, entry.least, entry.greatest);
      this.readPair(place, 16, entry.ratio, entry.close);
    };
    const readSums = (bar: Register<'u32'>, { returns, squares }: RunningSums) =>
      this.readPair(p.add('u64', memory.returnSums, p.wide(bar, 16)), 0, returns, squares);
    readEntry(from, range.left);
    readEntry(last, range.right);
    readSums(p.subtract('u32', from, 1), range.before);
    readSums(last, range.through);
  }

  /**
   * Adds a range that was read, over which the position is held unchanged. Without more bars to come nothing is measured by the peak any
   * more.
   */
  addRange(
    { left, right, before, through }: HeldRange,
    { cash, units }: HeldPosition,
    hasMore: boolean,
  ): void {
    const { p, peak, worst } = this;
    const lesser = (a: Register<'f64'>, b: Register<'f64'>) => p.choose(p.compare('lt', 'f64', b, a), b, a);
    const larger = (a: Register<'f64'>, b: Register<'f64'>) => p.choose(p.compare('lt', 'f64', a, b), b, a);
    p.set(worst, lesser(worst, lesser(left.ratio, right.ratio)));
    const lowest = p.multiply(units, lesser(left.least, right.least));
    const falls = [
      { level: right.least, top: left.greatest },
      { level: lowest, top: peak },
    ];
    const [inRange, byPeak] = falls.map(({ level, top }) =>
      p.compare('le', 'f64', level, p.multiply(worst, top)),
    );
    // One jump for both.
    p.if(p.either(inRange, byPeak), () => {
      for (const { level, top } of falls) p.set(worst, lesser(worst, p.divide(level, top)));
    });
    if (hasMore) p.set(peak, larger(peak, p.multiply(units, larger(left.greatest, right.greatest))));
    p.set(this.returns, p.add('f64', this.returns, p.subtract('f64', through.returns, before.returns)));
    p.set(this.squares, p.add('f64', this.squares, p.subtract('f64', through.squares, before.squares)));
    p.set(this.last, p.add('f64', cash, p.multiply(units, right.close)));
  }

  private readPair(
    place: Register<'u64'>,
    offset: number,
    first: Register<'f64'>,
    second: Register<'f64'>,
  ): void {
    const { p } = this;
    const pair = p.loadPair(place, offset);
    p.set(first, pair[0]);
    p.set(second, pair[1]);
  }
}
