import { emitChanges } from './emit-quotients.ts';
import type { Course, ReturnSums } from './emit-summary.ts';
import type { PtxWriter, Register } from './ptx.ts';

/** Sets of one block, each with a thread in every warp. */
export const SETS_PER_BLOCK = 32;
/** Bars whose equity is handed over at once; even, so that a bar's place tells whether it is an even one. */
export const BARS_HANDED = 16;
/** What is handed over lies twice in shared memory: one half is written while the other is read. */
const BARS_KEPT = 2 * BARS_HANDED;
/** Bytes from the equity of a bar to that of the next. */
export const EQUITY_BYTES = 8 * SETS_PER_BLOCK;
/** Bars whose returns are computed side by side. */
const BARS_AT_ONCE = 4;

/**
 * Where the equity of a block's sets goes from the threads that simulate to those that sum up, which work on the part before in the
 * meantime, and where those put their sums. Each set takes its own column. All threads of a block come to the same barriers.
 */
export class HandOver {
  private readonly p: PtxWriter;
  private readonly column: Register<'u32'>;
  private readonly sumsAt: Register<'u32'>;
  private readonly parts: number;

  constructor(p: PtxWriter, place: Register<'u32'>, parts: number) {
    [this.p, this.parts] = [p, parts];
    const own = p.whole('mul.lo', place, 8);
    const column = (values: number) => p.add('u32', p.sharedDoubles(values * SETS_PER_BLOCK), own);
    [this.column, this.sumsAt] = [column(BARS_KEPT), column(4)];
  }

  /** Where the equity of the first bar of a part lies, EQUITY_BYTES before that of the next. */
  partAt(part: Register<'u32'>): Register<'u32'> {
    const { p } = this;
    const half = p.whole('mul.lo', p.whole('and', part, 1), BARS_HANDED * EQUITY_BYTES);
    return p.add('u32', this.column, half);
  }

  /** Goes over all parts, once each is handed over. */
  eachPart(take: (part: Register<'u32'>) => void): void {
    this.goOver((part) => {
      this.p.barrier();
      take(part);
    });
  }

  /** Hands all parts over. */
  handParts(make: (part: Register<'u32'>) => void): void {
    this.goOver((part) => {
      make(part);
      this.p.barrier();
    });
  }

  /** Waits until all sums are there, after putting some there. */
  finish(sums?: ReturnSums): void {
    const all = sums ? [...sums.returns, ...sums.squares] : [];
    all.forEach((sum, index) => this.p.storeSharedDouble(this.sumsAt, sum, index * EQUITY_BYTES));
    this.p.barrier();
  }

  sums(): ReturnSums {
    const load = (index: number) => this.p.loadSharedDouble(this.sumsAt, index * EQUITY_BYTES);
    return { returns: [load(0), load(1)], squares: [load(2), load(3)] };
  }

  private goOver(work: (part: Register<'u32'>) => void): void {
    const { p, parts } = this;
    const part = p.variable('u32', 0);
    p.barrier();
    p.loop((leave) => {
      p.goIf(p.compare('ge', 'u32', part, parts), leave);
      work(part);
      p.set(part, p.add('u32', part, 1));
    });
  }
}

/**
 * Sums the returns of even bars and of odd ones, and their squares, as `sumEquity` of backtest/summary.ts; an equity that is that of the
 * bar before adds nothing.
 */
export function sumReturns(p: PtxWriter, handOver: HandOver): ReturnSums {
  const zeros = () => [0, 1].map(() => p.variable('f64', 0));
  const [returns, squares, last] = [zeros(), zeros(), p.variable('f64', 0)];
  handOver.eachPart((part) => {
    const equity = equityOf(p, handOver.partAt(part));
    p.if(p.compare('eq', 'u32', part, 0), () => p.set(last, equity[0]));
    for (let from = 0; from < BARS_HANDED; from += BARS_AT_ONCE) {
      const before = from === 0 ? last : equity[from - 1];
      emitChanges(p, before, equity.slice(from, from + BARS_AT_ONCE)).forEach((change, bar) => {
        const lane = bar & 1;
        p.set(returns[lane], p.add('f64', returns[lane], change));
        p.set(squares[lane], p.add('f64', squares[lane], p.multiply(change, change)));
      });
    }
    p.set(last, equity[BARS_HANDED - 1]);
  });
  return { returns, squares };
}

/** Follows the equity, its peak and the deepest fall from it; most parts have none that is deeper, which takes one jump. */
export function followCourse(p: PtxWriter, handOver: HandOver): Course {
  const [first, last, peak] = [0, 0, 0].map((value) => p.variable('f64', value));
  const worst = p.variable('f64', 1);
  const larger = (a: Register<'f64'>, b: Register<'f64'>) => p.choose(p.compare('lt', 'f64', a, b), b, a);
  const isDeeper = (level: Register<'f64'>, top: Register<'f64'>) =>
    p.compare('lt', 'f64', level, p.multiply(worst, top));
  handOver.eachPart((part) => {
    const at = handOver.partAt(part);
    const equity = equityOf(p, at);
    p.if(p.compare('eq', 'u32', part, 0), () => {
      for (const level of [first, peak]) p.set(level, equity[0]);
    });
    const before = p.variable('f64', peak);
    let top = before;
    const falls = equity.map((level) => {
      top = larger(top, level);
      return isDeeper(level, top);
    });
    p.set(peak, top);
    p.set(last, equity[BARS_HANDED - 1]);
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
  });
  return { first, last, worst };
}

function equityOf(p: PtxWriter, at: Register<'u32'>): readonly Register<'f64'>[] {
  return Array.from({ length: BARS_HANDED }, (_, bar) => p.loadSharedDouble(at, bar * EQUITY_BYTES));
}
