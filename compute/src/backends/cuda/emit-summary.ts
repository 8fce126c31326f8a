import { type FigureTerms, VARIANCE_NOISE } from '../../backtest/summary.ts';
import type { PtxWriter, Register } from './ptx.ts';

/** Sets of one block: each has a thread that simulates it and one that sums it up, in warps of their own. */
export const SETS_PER_BLOCK = 32;
/** Bars whose equity is handed over at once; even, so that a bar's place tells whether it is an even one. */
const BARS_HANDED = 16;
/** What is handed over lies twice in shared memory: one half is written while the other is read. */
const BARS_KEPT = 2 * BARS_HANDED;
const BAR_BYTES = 8 * SETS_PER_BLOCK;
/** Bars summed by one round of a loop. */
const BARS_PER_ROUND = 2;

/**
 * Where the equity of a block's sets goes from the threads that simulate to those that sum up, which work on what was handed over before
 * in the meantime. Each set takes its own column.
 */
export class HandOver {
  private readonly p: PtxWriter;
  private readonly column: Register<'u32'>;

  constructor(p: PtxWriter, place: Register<'u32'>) {
    this.p = p;
    const first = p.sharedDoubles(BARS_KEPT * SETS_PER_BLOCK);
    this.column = p.add('u32', first, p.whole('mul.lo', place, 8));
  }

  /** Gives the equity of a bar; every bar of BARS_HANDED waits for the thread that sums up. */
  give(bar: Register<'u32'>, equity: Register<'f64'>): void {
    const { p } = this;
    p.storeSharedDouble(this.at(p.whole('and', bar, BARS_KEPT - 1)), equity);
    p.if(p.compare('eq', 'u32', p.whole('and', bar, BARS_HANDED - 1), BARS_HANDED - 1), () => p.barrier());
  }

  /** Gives the last equity again for bars that the last part lacks, which change no sum. */
  finish(barsTotal: number, equity: Register<'f64'>): void {
    const { p } = this;
    const given = barsTotal % BARS_HANDED;
    if (given === 0) return;
    for (let bar = barsTotal; bar % BARS_HANDED !== 0; bar += 1)
      p.storeSharedDouble(this.column, equity, (bar % BARS_KEPT) * BAR_BYTES);
    p.barrier();
  }

  /** Takes all bars in turn: `start` is given the first, `add` every one with whether it is even or odd. */
  take(
    barsTotal: number,
    start: (equity: Register<'f64'>) => void,
    add: (equity: Register<'f64'>, lane: 0 | 1) => void,
  ): void {
    if (barsTotal === 0) return;
    const { p } = this;
    const part = p.variable('u32', 0);
    p.loop((leave) => {
      p.goIf(p.compare('ge', 'u32', part, Math.ceil(barsTotal / BARS_HANDED)), leave);
      p.barrier();
      const from = this.at(p.whole('mul.lo', p.whole('and', part, 1), BARS_HANDED));
      p.if(p.compare('eq', 'u32', part, 0), () => start(p.loadSharedDouble(from, 0)));
      const bar = p.variable('u32', 0);
      const place = p.variable('u32', from);
      p.loop((end) => {
        p.goIf(p.compare('ge', 'u32', bar, BARS_HANDED), end);
        for (let next = 0; next < BARS_PER_ROUND; next += 1)
          add(p.loadSharedDouble(place, next * BAR_BYTES), (next & 1) as 0 | 1);
        p.set(place, p.add('u32', place, BARS_PER_ROUND * BAR_BYTES));
        p.set(bar, p.add('u32', bar, BARS_PER_ROUND));
      });
      p.set(part, p.add('u32', part, 1));
    });
  }

  private at(bar: Register<'u32'>): Register<'u32'> {
    return this.p.add('u32', this.column, this.p.whole('mul.lo', bar, BAR_BYTES));
  }
}

/** Sums up an equity curve, as `sumEquity` and `sumsFinisher` of backtest/summary.ts. */
export class SummaryWriter {
  protected readonly p: PtxWriter;
  protected readonly first: Register<'f64'>;
  protected readonly last: Register<'f64'>;
  protected readonly peak: Register<'f64'>;
  protected readonly worst: Register<'f64'>;
  /** Of even and of odd bars apart, or of all. */
  protected readonly returns: readonly Register<'f64'>[];
  protected readonly squares: readonly Register<'f64'>[];

  constructor(p: PtxWriter, lanes: 1 | 2 = 2) {
    this.p = p;
    const number = (value = 0) => p.variable('f64', value);
    [this.first, this.last, this.peak, this.worst] = [number(), number(), number(), number(1)];
    this.returns = Array.from({ length: lanes }, () => number());
    this.squares = Array.from({ length: lanes }, () => number());
  }

  /** The equity of the first bar, from which the others are seen. */
  start(equity: Register<'f64'>): void {
    for (const level of [this.first, this.last, this.peak]) this.p.set(level, equity);
  }

  /** Adds the equity of a bar; one that is that of the bar before adds nothing. */
  add(equity: Register<'f64'>, lane: 0 | 1): void {
    const { p, last, peak, worst } = this;
    const isOther = p.compare('neu', 'f64', equity, last);
    const change = p.choose(isOther, p.subtract('f64', p.divide(equity, last), 1), 0);
    p.set(this.returns[lane], p.add('f64', this.returns[lane], change));
    p.set(this.squares[lane], p.add('f64', this.squares[lane], p.multiply(change, change)));
    p.set(peak, p.choose(p.compare('lt', 'f64', peak, equity), equity, peak));
    p.if(p.compare('lt', 'f64', equity, p.multiply(worst, peak)), () => p.set(worst, p.divide(equity, peak)));
    p.set(last, equity);
  }

  /** Total return, Sharpe ratio and deepest drawdown of all bars. */
  figures(barsTotal: number, { free, perYear }: FigureTerms): readonly Register<'f64'>[] {
    const { p, first, last, returns, squares, worst } = this;
    const count = barsTotal - 1;
    const none = p.variable('f64', NaN);
    const made = p.subtract('f64', p.divide(last, first), 1);
    const totalReturn = count >= 1 ? p.choose(p.compare('neu', 'f64', first, 0), made, NaN) : none;
    const sum = (lanes: readonly Register<'f64'>[]) => lanes.reduce((all, lane) => p.add('f64', all, lane));
    const mean = p.divide(sum(returns), count);
    const meanSquare = p.divide(sum(squares), count);
    const spread = p.multiply(p.subtract('f64', meanSquare, p.multiply(mean, mean)), count);
    const variance = p.divide(spread, count - 1);
    const ratio = p.divide(p.subtract('f64', mean, free), p.apply('sqrt', variance));
    const varies = p.compare('gt', 'f64', variance, p.multiply(VARIANCE_NOISE, meanSquare));
    const sharpe = count >= 2 ? p.choose(varies, p.multiply(ratio, perYear), NaN) : none;
    const maxDrawdown = barsTotal >= 1 ? p.subtract('f64', 1, worst) : none;
    return [totalReturn, sharpe, maxDrawdown];
  }
}
