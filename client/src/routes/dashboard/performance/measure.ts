/** A way to measure a return. */
export type Measure = 'timeWeighted' | 'moneyWeighted' | 'modifiedDietz' | 'simple';

/** The ways with their names, the usual one first. */
export const MEASURES: readonly (readonly [Measure, string])[] = [
  ['timeWeighted', 'Time-weighted'],
  ['moneyWeighted', 'Money-weighted, per year'],
  ['modifiedDietz', 'Modified Dietz'],
  ['simple', 'Simple'],
];

interface Return {
  readonly value?: number | null;
  readonly reason?: string | null;
}

/** A month, a year or a part with the returns that were asked for. */
export interface Measured {
  readonly timeWeighted?: number | null;
  readonly moneyWeighted?: Return;
  readonly modifiedDietz?: Return;
  readonly simple?: Return;
}

/** Which returns a query asks for: the time-weighted one, and the chosen one. */
export function measureInput(measure: Measure): {
  isMoneyWeighted: boolean;
  isModifiedDietz: boolean;
  isSimple: boolean;
} {
  return {
    isMoneyWeighted: measure === 'moneyWeighted',
    isModifiedDietz: measure === 'modifiedDietz',
    isSimple: measure === 'simple',
  };
}

/** The return of a row in the chosen way, or why there is none; both null until it was asked for. */
export function returnBy(
  measure: Measure,
  row: Measured,
): { readonly value: number | null; readonly reason: string | null } {
  if (measure === 'timeWeighted') return { value: row.timeWeighted ?? null, reason: null };
  return { value: row[measure]?.value ?? null, reason: row[measure]?.reason ?? null };
}
