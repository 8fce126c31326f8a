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
  /** Leave after this many bars held; 0 for never. */
  readonly maximumBarsHeld: number;
  readonly fillAt: 'nextOpen' | 'close';
  readonly size: PositionSize;
}

/** How large an entry is; the value is read at the bar that decided it (a percentage arrives as a fraction). */
export interface PositionSize {
  readonly kind: 'percentOfEquity' | 'units' | 'cash' | 'riskFraction';
  readonly value: Float64Array;
}
