/** Values at the ends of steps, and what flowed in and out (both 0 or more) within each. */
export interface FlowColumns {
  readonly equity: Float64Array;
  readonly inflow: Float64Array;
  readonly outflow: Float64Array;
}

/**
 * Time-weighted growth by step: (equity + out) / (equity before + in). What comes in counts from the
 * start of its step and what goes out until its end, so that neither is taken for a gain. A step on
 * no capital grows by 1; one whose capital is not known has no growth that is.
 */
export function stepGrowth({ equity, inflow, outflow }: FlowColumns): Float64Array {
  return equity.map((value, t) => {
    const capital = (t === 0 ? 0 : equity[t - 1]) + inflow[t];
    return capital > 0 || Number.isNaN(capital) ? (value + outflow[t]) / capital : 1;
  });
}

/** The time-weighted return of steps `from` to the end: growth of all steps multiplied, less 1. */
export function timeWeightedReturn(growth: Float64Array, from = 0): number {
  let total = 1;
  for (let t = from; t < growth.length; t += 1) total *= growth[t];
  return total - 1;
}
