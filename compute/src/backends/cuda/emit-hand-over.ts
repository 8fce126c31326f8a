import { emitChanges } from './emit-quotients.ts';
import { SummaryWriter } from './emit-summary.ts';
import type { PtxWriter, Register } from './ptx.ts';

/** Sets of one block: each has a thread that simulates it and one that sums it up, in warps of their own. */
export const SETS_PER_BLOCK = 32;
/** Bars whose equity is handed over at once; even, so that a bar's place tells whether it is an even one. */
export const BARS_HANDED = 16;
/** What is handed over lies twice in shared memory: one half is written while the other is read. */
const BARS_KEPT = 2 * BARS_HANDED;
/** Bytes from the equity of a bar to that of the next. */
export const EQUITY_BYTES = 8 * SETS_PER_BLOCK;
/** Bars whose returns are computed side by side. */
const BARS_AT_ONCE = 8;

/**
 * Where the equity of a block's sets goes from the threads that simulate to those that sum up, which work on the part before in the
 * meantime. Each set takes its own column.
 */
export class HandOver {
  private readonly p: PtxWriter;
  private readonly column: Register<'u32'>;
  private readonly parts: number;

  constructor(p: PtxWriter, place: Register<'u32'>, parts: number) {
    [this.p, this.parts] = [p, parts];
    const first = p.sharedDoubles(BARS_KEPT * SETS_PER_BLOCK);
    this.column = p.add('u32', first, p.whole('mul.lo', place, 8));
  }

  /** Where the equity of the first bar of a part lies, EQUITY_BYTES before that of the next. */
  partAt(part: Register<'u32'>): Register<'u32'> {
    const { p } = this;
    const half = p.whole('mul.lo', p.whole('and', part, 1), BARS_HANDED * EQUITY_BYTES);
    return p.add('u32', this.column, half);
  }

  /** Goes over all parts: `before` a part is there, and once it is handed over. All threads of a block have to. */
  eachPart(work: {
    readonly before?: (part: Register<'u32'>) => void;
    readonly after?: (part: Register<'u32'>) => void;
  }): void {
    const { p, parts } = this;
    const part = p.variable('u32', 0);
    p.barrier();
    p.loop((leave) => {
      p.goIf(p.compare('ge', 'u32', part, parts), leave);
      work.before?.(part);
      p.barrier();
      work.after?.(part);
      p.set(part, p.add('u32', part, 1));
    });
  }
}

/** Sums up what is handed over, part after part. */
export class PartSummaryWriter extends SummaryWriter {
  constructor(p: PtxWriter) {
    super(p, 2);
  }

  take(handOver: HandOver): void {
    const { p } = this;
    handOver.eachPart({
      after: (part) => {
        const at = handOver.partAt(part);
        const equity = Array.from({ length: BARS_HANDED }, (_, bar) =>
          p.loadSharedDouble(at, bar * EQUITY_BYTES),
        );
        p.if(p.compare('eq', 'u32', part, 0), () => this.start(equity[0]));
        this.addReturns(equity);
        this.follow(at, equity);
        p.set(this.last, equity[BARS_HANDED - 1]);
      },
    });
  }

  private addReturns(equity: readonly Register<'f64'>[]): void {
    const { p } = this;
    for (let from = 0; from < BARS_HANDED; from += BARS_AT_ONCE) {
      const before = from === 0 ? this.last : equity[from - 1];
      emitChanges(p, before, equity.slice(from, from + BARS_AT_ONCE)).forEach((change, bar) => {
        const lane = bar & 1;
        p.set(this.returns[lane], p.add('f64', this.returns[lane], change));
        p.set(this.squares[lane], p.add('f64', this.squares[lane], p.multiply(change, change)));
      });
    }
  }

  /** Follows the peak and the deepest fall from it; most parts have none that is deeper, which takes one jump. */
  private follow(at: Register<'u32'>, equity: readonly Register<'f64'>[]): void {
    const { p, peak, worst } = this;
    const larger = (a: Register<'f64'>, b: Register<'f64'>) => p.choose(p.compare('lt', 'f64', a, b), b, a);
    const isDeeper = (level: Register<'f64'>, top: Register<'f64'>) =>
      p.compare('lt', 'f64', level, p.multiply(worst, top));
    const before = p.variable('f64', peak);
    let top = before;
    const falls = equity.map((level) => {
      top = larger(top, level);
      return isDeeper(level, top);
    });
    p.set(peak, top);
    p.if(
      falls.reduce((any, each) => p.either(any, each)),
      () => {
        const bar = p.variable('u32', 0);
        p.loop((leave) => {
          p.goIf(p.compare('ge', 'u32', bar, BARS_HANDED), leave);
          const level = p.loadSharedDouble(p.add('u32', at, p.whole('mul.lo', bar, EQUITY_BYTES)), 0);
          p.set(before, larger(before, level));
          p.if(isDeeper(level, before), () => p.set(worst, p.divide(level, before)));
          p.set(bar, p.add('u32', bar, 1));
        });
      },
    );
  }
}
