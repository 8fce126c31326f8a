/** Money brought into a portfolio (negative: taken out) at a time. */
export interface TimedFlow {
  readonly timeMs: number;
  readonly amount: number;
}

/** A period with its values at both ends. */
export interface ValuedPeriod {
  readonly fromMs: number;
  readonly toMs: number;
  readonly startValue: number;
  readonly endValue: number;
  readonly flows: readonly TimedFlow[];
}

/** A return, or why it is not defined, with what it was divided by. */
export interface PeriodReturn {
  readonly value: number | null;
  readonly reason: string | null;
  readonly gain: number;
  readonly capital: number;
}

/**
 * Modified Dietz: (end - start - F) / (start + sum of w F), where a flow weighs the part of the period
 * that was left when it came. Not defined where the capital in the denominator is not above 0.
 */
export function modifiedDietz(period: ValuedPeriod): PeriodReturn {
  const length = period.toMs - period.fromMs;
  return overCapital(period, ({ timeMs }) => (length > 0 ? (period.toMs - timeMs) / length : 0));
}

/** Simple return: the gain over the start value and all that was put in, flows taken out not counted. */
export function simpleReturn(period: ValuedPeriod): PeriodReturn {
  return overCapital(period, ({ amount }) => (amount > 0 ? 1 : 0));
}

function overCapital(period: ValuedPeriod, weightOf: (flow: TimedFlow) => number): PeriodReturn {
  let [total, weighted] = [0, 0];
  for (const flow of period.flows) {
    total += flow.amount;
    weighted += flow.amount * weightOf(flow);
  }
  const gain = period.endValue - period.startValue - total;
  const capital = period.startValue + weighted;
  if (capital > 0) return { value: gain / capital, reason: null, gain, capital };
  return { value: null, reason: `expected capital above 0, was ${capital}`, gain, capital };
}
