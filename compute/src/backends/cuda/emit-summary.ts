import { type FigureTerms, VARIANCE_NOISE } from '../../backtest/summary.ts';
import type { PtxWriter, Register } from './ptx.ts';

/** Sums of the returns of even and of odd bars apart, or of all, and of their squares. */
export interface ReturnSums {
  readonly returns: readonly Register<'f64'>[];
  readonly squares: readonly Register<'f64'>[];
}

/** What is known of an equity curve beside its returns. */
export interface Course {
  readonly first: Register<'f64'>;
  readonly last: Register<'f64'>;
  /** The least equity over a peak before it: 1 without any fall. */
  readonly worst: Register<'f64'>;
}

/** Total return, Sharpe ratio and deepest drawdown, as `sumsFinisher` of backtest/summary.ts. */
export function emitFigures(
  p: PtxWriter,
  { first, last, worst, returns, squares }: Course & ReturnSums,
  barsTotal: number,
  { free, perYear }: FigureTerms,
): readonly Register<'f64'>[] {
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

/** Sums up an equity curve bar after bar, as `sumEquity` of backtest/summary.ts. */
export class SummaryWriter {
  protected readonly p: PtxWriter;
  protected readonly first: Register<'f64'>;
  protected readonly last: Register<'f64'>;
  protected readonly peak: Register<'f64'>;
  protected readonly worst: Register<'f64'>;
  protected readonly returns: Register<'f64'>;
  protected readonly squares: Register<'f64'>;

  /** `initial` is the equity of the first bar, unless one that may be the first is added. */
  constructor(p: PtxWriter, initial: number) {
    this.p = p;
    [this.first, this.last, this.peak] = [0, 1, 2].map(() => p.variable('f64', initial));
    [this.worst, this.returns, this.squares] = [1, 0, 0].map((value) => p.variable('f64', value));
  }

  /** Adds the equity of a bar, which may be the first where `isFirst` is given; one that is that of the bar before adds nothing. */
  add(equity: Register<'f64'>, isFirst: Register<'pred'> | null): void {
    const { p, last, peak, worst, returns, squares } = this;
    if (isFirst) for (const level of [this.first, last, peak]) p.set(level, p.choose(isFirst, equity, level));
    p.set(peak, p.choose(p.compare('lt', 'f64', peak, equity), equity, peak));
    p.if(p.compare('lt', 'f64', equity, p.multiply(worst, peak)), () => p.set(worst, p.divide(equity, peak)));
    const isOther = p.compare('neu', 'f64', equity, last);
    const change = p.choose(isOther, p.subtract('f64', p.divide(equity, last), 1), 0);
    p.set(returns, p.add('f64', returns, change));
    p.set(squares, p.add('f64', squares, p.multiply(change, change)));
    p.set(last, equity);
  }

  /** Total return, Sharpe ratio and deepest drawdown of all bars. */
  figures(barsTotal: number, terms: FigureTerms): readonly Register<'f64'>[] {
    const { p, first, last, worst, returns, squares } = this;
    return emitFigures(p, { first, last, worst, returns: [returns], squares: [squares] }, barsTotal, terms);
  }
}
