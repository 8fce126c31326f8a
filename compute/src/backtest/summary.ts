/**
 * What a sweep keeps of one simulation, as sums that every backend adds in the same order: returns of
 * even and of odd bars apart, so that two neighbouring bars can be added at once.
 */
export interface EquitySums {
  readonly first: number;
  readonly last: number;
  readonly evenReturns: number;
  readonly oddReturns: number;
  readonly evenSquares: number;
  readonly oddSquares: number;
  /** The least level over its running peak: 1 minus the deepest drawdown. */
  readonly worstRatio: number;
  readonly tradeCount: number;
}

/** The figures of one set of a sweep; NaN where undefined. */
export interface SweepFigures {
  readonly totalReturn: number;
  readonly sharpe: number;
  /** Positive magnitude. */
  readonly maxDrawdown: number;
  readonly tradeCount: number;
}

/** Below this share of their mean square, the variance of returns is rounding: every return is the same. */
export const VARIANCE_NOISE = 1e-12;

/** Sums an equity curve. A level is compared with `worst * peak` first, so that few bars divide. */
export function sumEquity(equity: Float64Array, tradeCount: number): EquitySums {
  const returns: [number, number] = [0, 0];
  const squares: [number, number] = [0, 0];
  let peak = equity[0];
  let worstRatio = 1;
  for (let t = 1; t < equity.length; t += 1) {
    const level = equity[t];
    const change = level === equity[t - 1] ? 0 : level / equity[t - 1] - 1;
    returns[t & 1] += change;
    squares[t & 1] += change * change;
    if (peak < level) peak = level;
    if (level < worstRatio * peak) worstRatio = level / peak;
  }
  const last = equity[equity.length - 1];
  const [evenReturns, oddReturns] = returns;
  const [evenSquares, oddSquares] = squares;
  return { first: equity[0], last, evenReturns, oddReturns, evenSquares, oddSquares, worstRatio, tradeCount };
}

/** The numbers by which sums are finished that are the same for all sets. */
export interface FigureTerms {
  /** The risk-free return of a bar. */
  readonly free: number;
  /** The square root of the bars of a year. */
  readonly perYear: number;
}

/** What a request says of how sums are finished. */
export function figureTerms(settings: {
  readonly periodsPerYear: number;
  readonly riskFreeRate: number;
}): FigureTerms {
  return {
    free: (1 + settings.riskFreeRate) ** (1 / settings.periodsPerYear) - 1,
    perYear: Math.sqrt(settings.periodsPerYear),
  };
}

/** What finishes sums over `barsTotal` bars: total return, Sharpe ratio (as the statistic of that name), deepest drawdown. */
export function sumsFinisher(
  barsTotal: number,
  settings: { readonly periodsPerYear: number; readonly riskFreeRate: number },
): (sums: EquitySums) => SweepFigures {
  const count = barsTotal - 1;
  const { free, perYear } = figureTerms(settings);
  return ({ first, last, evenReturns, oddReturns, evenSquares, oddSquares, worstRatio, tradeCount }) => {
    const mean = (evenReturns + oddReturns) / count;
    const meanSquare = (evenSquares + oddSquares) / count;
    const variance = ((meanSquare - mean * mean) * count) / (count - 1);
    return {
      totalReturn: count >= 1 && first !== 0 ? last / first - 1 : NaN,
      sharpe:
        count >= 2 && variance > VARIANCE_NOISE * meanSquare
          ? ((mean - free) / Math.sqrt(variance)) * perYear
          : NaN,
      maxDrawdown: barsTotal >= 1 ? 1 - worstRatio : NaN,
      tradeCount,
    };
  };
}
