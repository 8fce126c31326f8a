import type { FillColumns, Statistic, TradeColumns } from '../../service/contract.ts';

export type StatisticUnit = 'FRACTION' | 'RATIO' | 'CURRENCY' | 'BARS' | 'DAYS' | 'COUNT';

/** What statistics are computed from; `returns` and `drawdown` are derived from `equity` once. */
export interface StatisticInput {
  readonly timesMs: Float64Array;
  readonly equity: Float64Array;
  readonly returns: Float64Array;
  readonly drawdown: Float64Array;
  readonly periodsPerYear: number;
  readonly riskFreeRate: number;
  /** Absent for an equity curve without a record of its trades. */
  readonly activity?: {
    readonly fills: FillColumns;
    readonly trades: TradeColumns;
    readonly position: Float64Array;
    readonly close: Float64Array;
  };
}

/** A named figure: what it is called, its unit, its definition in words, and how it is computed. */
export interface StatisticDefinition {
  readonly name: string;
  readonly label: string;
  readonly unit: StatisticUnit;
  readonly description: string;
  /** Null where this input has no record of trades to compute it from. */
  readonly compute: (input: StatisticInput) => Statistic | null;
}

/** A statistic of the trades; null where there is no record of them. */
export function ofTrades(
  compute: (activity: NonNullable<StatisticInput['activity']>, input: StatisticInput) => Statistic,
): StatisticDefinition['compute'] {
  return (input) => (input.activity ? compute(input.activity, input) : null);
}
