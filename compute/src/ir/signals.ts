/**
 * What a strategy decides, bar by bar, as columns of one value per bar. A decision on bar t is made
 * at its close and fills at the open of bar t + 1, unless the strategy asks for the close by name.
 */
export interface StrategySignals {
  readonly length: number;
  /** Bars at the start on which no decision is possible. */
  readonly warmUpBars: number;
  /** 0 or 1 per bar. */
  readonly enterLong: Uint8Array;
  readonly exitLong: Uint8Array;
  readonly enterShort: Uint8Array;
  readonly exitShort: Uint8Array;
  /** Distances in price units, read at the bar that decided the entry; NaN there means none; null means no such rule. */
  readonly stopDistance: Float64Array | null;
  readonly targetDistance: Float64Array | null;
  readonly trailDistance: Float64Array | null;
  readonly breakEvenDistance: Float64Array | null;
  /** Leave this many bars after the bar of the entry; 0 for never. */
  readonly maximumBarsHeld: number;
  readonly fillAt: 'nextOpen' | 'close';
  readonly size: PositionSize;
  /** Entries of one position at most, 1 unless the strategy adds to what it holds. */
  readonly entriesMaximum: number;
  /** The rules behind enterLong and enterShort in the order of the text; none where all are unnamed market orders. */
  readonly entries: readonly RuleSignals[];
  /** The rules that leave, in the order of the text; those with a price are not among exitLong and exitShort. */
  readonly exits: readonly RuleSignals[];
}

/** One rule with its order: where it decides, the name that its fills carry, and a price per bar, read at the bar that decides. */
export interface RuleSignals {
  /** Of the position: +1 for long, -1 for short. */
  readonly side: number;
  readonly name: string;
  readonly decides: Uint8Array;
  /** Null for none; an order without any price is at the market. */
  readonly limit: Float64Array | null;
  readonly stop: Float64Array | null;
  /** For each bar the last one that an order decided on it waits in; null where it has no price. */
  readonly lastBars: Int32Array | null;
}

/**
 * How large an entry is; the value is read at the bar that decided it (a percentage arrives as a fraction, a target of
 * volatility as a multiple of equity for one bar a year). */
export interface PositionSize {
  readonly kind: 'percentOfEquity' | 'units' | 'cash' | 'riskFraction' | 'volatilityTarget';
  readonly value: Float64Array;
}
