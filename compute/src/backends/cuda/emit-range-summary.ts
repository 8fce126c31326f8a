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

/** Sums up an equity curve of which ranges of bars are answered by tables, as `passByTables` of wasm/emit-held-bars.ts. */
export class RangeSummaryWriter extends SummaryWriter {
  private readonly memory: RangeMemory;
  private readonly barsTotal: number;

  constructor(p: PtxWriter, memory: RangeMemory, barsTotal: number, initial: number) {
    super(p, initial);
    this.memory = memory;
    this.barsTotal = barsTotal;
  }

  /**
   * Adds the bars `from` to `last`, over which the position is held unchanged; `from` is not the first bar of all. Without more bars to
   * come nothing is measured by the peak any more.
   */
  addRange(
    from: Register<'u32'>,
    last: Register<'u32'>,
    { cash, units }: HeldPosition,
    hasMore: boolean,
  ): void {
    // All are asked for before any is needed.
    const [left, right] = this.entries(from, last);
    const [before, through] = [this.p.subtract('u32', from, 1), last].map((bar) => this.sumsAt(bar));
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

  /** The two entries of the table whose bars are those of the range: on the level of the highest bit in which its ends differ. */
  private entries(from: Register<'u32'>, last: Register<'u32'>): readonly RangeEntry[] {
    const { p, barsTotal, memory } = this;
    // One bar is both ends of its range on the lowest level.
    const differing = p.whole('or', p.whole('xor', from, last), 1);
    const level = p.subtract('u32', 31, p.leadingZeros(differing));
    const row = p.whole('mul.lo', level, barsTotal);
    return [from, last].map((bar) => {
      const place = p.add('u64', memory.ranges, p.wide(p.add('u32', row, bar), RANGE_BYTES));
      const [least, greatest] = p.loadPair(place, 0);
      const [ratio, close] = p.loadPair(place, 16);
      return { least, greatest, ratio, close };
    });
  }

  private sumsAt(bar: Register<'u32'>): RunningSums {
    const { p, memory } = this;
    const [returns, squares] = p.loadPair(p.add('u64', memory.returnSums, p.wide(bar, 16)), 0);
    return { returns, squares };
  }
}
