import { firstAtOrAfter } from '../market-data/bars.ts';
import type { ExchangeRate } from '../market-data/exchange-rates.ts';
import { countsAtMs, type ExternalFlow } from '../trade/ledger.ts';
import { modifiedDietz, simpleReturn, type ValuedPeriod } from './modified-dietz.ts';
import { stepGrowth, timeWeightedReturn } from './time-weighted.ts';
import type { EquityColumns } from './valuation.ts';
import { RATES_SEARCHED, xirr, type XirrResult } from './xirr.ts';

/** A flow with the rate that it was booked at; none in the base currency, and where it states its own. */
export interface BookedFlow extends ExternalFlow {
  readonly exchangeRate?: ExchangeRate | null;
}

/** A flow with what it was worth. */
export interface ValuedFlow {
  readonly timeMs: number;
  readonly amount: number;
  readonly flow: BookedFlow;
}

/** A stretch of a portfolio's history between two valuations, or from its beginning. */
export interface MeasuredPeriod extends ValuedPeriod {
  readonly flows: readonly ValuedFlow[];
  /** Time-weighted growth of each step, with the times and values at their ends. */
  readonly growth: Float64Array;
  readonly timesMs: Float64Array;
  readonly equity: Float64Array;
  readonly netFlow: Float64Array;
  /** What came in and what went out in each step, both 0 or more, and what the change of rates made of it. */
  readonly inflow: Float64Array;
  readonly outflow: Float64Array;
  readonly currencyEffect: Float64Array;
  /** The part of the gain that the change of rates made, step by step, of what was there at the start of each. */
  readonly currencyGain: number;
  /** Why a value may not be known. */
  readonly unknown?: string;
  /** When all of it was known; null where it is by what is known now. */
  readonly knownAt?: Date | null;
}

/** A return with how it came about. */
export interface Figure {
  readonly value: number | null;
  /** Per year, where `value` is for the whole period and that is at least a year. */
  readonly annualised: number | null;
  /** Why it is not told per year; null where it is, and where it has no such form. */
  readonly annualisedReason: string | null;
  readonly reason: string | null;
  readonly formula: string;
  readonly convention: string;
  readonly inputs: readonly { readonly name: string; readonly value: number }[];
  /** All rates that solve the equation, where there is one. */
  readonly roots: readonly number[];
}

/** The ways to measure a return. */
export interface Figures {
  readonly timeWeighted: Figure;
  readonly moneyWeighted: Figure;
  readonly modifiedDietz: Figure;
  readonly simple: Figure;
}

/** A way to measure a return by values at both ends and the flows between. */
export type FlowMeasure = Exclude<keyof Figures, 'timeWeighted'>;

/** A return as a fraction, or why there is none. */
export interface MeasuredReturn {
  readonly value: number | null;
  readonly reason: string | null;
}

const UNKNOWN = 'expected values for all of the period, was without some';
const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;

/**
 * The part of a history from the last valuation at or before `from` (from its first event when null or
 * earlier) to the last at or before `to`; null where that leaves no step.
 */
export function measuredPeriod(
  columns: EquityColumns,
  flows: readonly BookedFlow[],
  firstMs: number,
  from: number | null,
  to: number | null,
): MeasuredPeriod | null {
  const { timesMs, equity, inflow, outflow, flowAmounts, currencyEffect } = columns;
  const lastBefore = (timeMs: number | null, otherwise: number) =>
    timeMs === null ? otherwise : firstAtOrAfter(timesMs, timeMs + 1) - 1;
  const start = lastBefore(from, -1);
  const end = lastBefore(to, timesMs.length - 1);
  if (end <= start) return null;
  const fromMs = start < 0 ? Math.min(firstMs, timesMs[0]) : timesMs[start];
  const toMs = timesMs[end];
  const part = (column: Float64Array) => column.subarray(start + 1, end + 1);
  return {
    fromMs,
    toMs,
    startValue: start < 0 ? 0 : equity[start],
    endValue: equity[end],
    flows: flows
      .map((flow, index) => ({ flow, timeMs: flow.timeMs, amount: flowAmounts[index] }))
      .filter((flow) => (start < 0 || countsAtMs(flow) > fromMs) && countsAtMs(flow) <= toMs),
    growth: part(stepGrowth(columns)),
    timesMs: part(timesMs),
    equity: part(equity),
    netFlow: part(inflow.map((amount, t) => amount - outflow[t])),
    inflow: part(inflow),
    outflow: part(outflow),
    currencyEffect: part(currencyEffect),
    currencyGain: part(currencyEffect).reduce((total, effect) => total + effect, 0),
  };
}

/** Measures the return of a stretch, of a month or a part, as `figuresOf` does that of a whole period. */
export function returnOf(measure: FlowMeasure, stretch: ValuedPeriod, unknown = UNKNOWN): MeasuredReturn {
  const flowed = stretch.flows.reduce((sum, { amount }) => sum + amount, 0);
  if (Number.isNaN(stretch.startValue + stretch.endValue + flowed)) return { value: null, reason: unknown };
  if (measure === 'moneyWeighted') {
    const { rate, reason } = moneyWeightedRate(stretch);
    return { value: rate, reason };
  }
  const { value, reason } = measure === 'simple' ? simpleReturn(stretch) : modifiedDietz(stretch);
  return { value, reason };
}

/** The yearly rate that the invested money earned. */
function moneyWeightedRate({ fromMs, toMs, startValue, endValue, flows }: ValuedPeriod): XirrResult {
  return xirr([
    { timeMs: fromMs, amount: -startValue },
    ...flows.map(({ timeMs, amount }) => ({ timeMs, amount: -amount })),
    { timeMs: toMs, amount: endValue },
  ]);
}

/** Measures the return of a period in every way. */
export function figuresOf(period: MeasuredPeriod): Figures {
  const { startValue, endValue, flows, growth } = period;
  const { timeWeighted, moneyWeighted, modifiedDietz: dietz, simple } = knownFigures(period);
  const flowed = flows.reduce((sum, { amount }) => sum + amount, 0);
  const known = (figure: Figure) => (Number.isNaN(startValue + endValue + flowed) ? unknown(figure) : figure);
  const unknown = (figure: Figure): Figure => ({
    ...figure,
    value: null,
    annualised: null,
    annualisedReason: period.unknown ?? UNKNOWN,
    reason: period.unknown ?? UNKNOWN,
    inputs: figure.inputs.filter(({ value }) => !Number.isNaN(value)),
    roots: [],
  });
  return {
    timeWeighted: growth.some(Number.isNaN) ? unknown(timeWeighted) : timeWeighted,
    moneyWeighted: known(moneyWeighted),
    modifiedDietz: known(dietz),
    simple: known(simple),
  };
}

function knownFigures(period: MeasuredPeriod): Figures {
  return {
    timeWeighted: timeWeightedFigure(period),
    moneyWeighted: moneyWeightedFigure(period),
    modifiedDietz: capitalFigure(
      period,
      modifiedDietz(period),
      '(V1 - V0 - F) / (V0 + sum of w F)',
      'A flow F weighs w, the part of the period that was left when it came.',
    ),
    simple: capitalFigure(
      period,
      simpleReturn(period),
      '(V1 - V0 - F) / (V0 + all that was put in)',
      'Flows count in full from the beginning; what was taken out does not lower the capital.',
    ),
  };
}

function timeWeightedFigure(period: MeasuredPeriod): Figure {
  const value = timeWeightedReturn(period.growth);
  return {
    value,
    ...annualised(value, period),
    reason: null,
    formula: 'product over all steps of (V + out) / (V before + in), less 1',
    convention:
      'Steps go from price to price, after the last price from day to day with transactions. What comes in counts from the start of its step and what goes out until its end, so that flows are neither gain nor loss.',
    inputs: [...inputsOf(period), { name: 'steps', value: period.growth.length }],
    roots: [],
  };
}

function moneyWeightedFigure(period: MeasuredPeriod): Figure {
  const { rate, roots, reason } = moneyWeightedRate(period);
  return {
    value: rate,
    annualised: rate,
    annualisedReason: reason,
    reason,
    formula:
      'the yearly rate r at which V0 and all flows, each grown by (1 + r) ^ (days left / 365), make V1',
    convention: `Always per year, actual/365. Every rate between ${RATES_SEARCHED} is searched; of several the one nearest to 10 % is given.`,
    inputs: inputsOf(period),
    roots,
  };
}

function capitalFigure(
  period: MeasuredPeriod,
  { value, reason, gain, capital }: ReturnType<typeof modifiedDietz>,
  formula: string,
  convention: string,
): Figure {
  return {
    value,
    ...(value === null ? { annualised: null, annualisedReason: reason } : annualised(value, period)),
    reason,
    formula,
    convention,
    inputs: [...inputsOf(period), { name: 'gain', value: gain }, { name: 'capital', value: capital }],
    roots: [],
  };
}

function inputsOf({ startValue, endValue, flows }: MeasuredPeriod): { name: string; value: number }[] {
  return [
    { name: 'V0', value: startValue },
    { name: 'V1', value: endValue },
    { name: 'F', value: flows.reduce((total, { amount }) => total + amount, 0) },
  ];
}

/** A return per year, actual/365, or why there is none. */
export function annualised(
  value: number,
  { fromMs, toMs }: Pick<MeasuredPeriod, 'fromMs' | 'toMs'>,
): Pick<Figure, 'annualised' | 'annualisedReason'> {
  const short = shortOfYear(fromMs, toMs);
  if (short !== null) return { annualised: null, annualisedReason: short };
  if (!(value > -1))
    return { annualised: null, annualisedReason: 'expected a value above 0, was lost or more' };
  return { annualised: (1 + value) ** (YEAR_MS / (toMs - fromMs)) - 1, annualisedReason: null };
}

/** Why a period tells of no growth per year, which a day would raise to the power of 365; null of 365 days or more. */
export function shortOfYear(fromMs: number, toMs: number): string | null {
  if (toMs - fromMs >= YEAR_MS) return null;
  const days = Math.floor((toMs - fromMs) / DAY_MS);
  return `expected a year or more, was ${days === 1 ? '1 day' : `${days} days`}`;
}

/** One month or year with its time-weighted return. */
export interface Interval extends ValuedPeriod {
  readonly label: string;
  readonly netFlow: number;
  readonly timeWeighted: number;
}

/** Cuts a period into the months or years (UTC) of its steps; a valuation at midnight is the close of the day before. */
export function intervalsOf(period: MeasuredPeriod, by: 'MONTH' | 'YEAR'): Interval[] {
  const { timesMs, equity, growth, netFlow } = period;
  const labelOf = (timeMs: number) => new Date(timeMs - 1).toISOString().slice(0, by === 'MONTH' ? 7 : 4);
  // A flow belongs to the step that ends at or after it.
  const flowsOf = Map.groupBy(period.flows, (flow) =>
    labelOf(timesMs[firstAtOrAfter(timesMs, countsAtMs(flow))]),
  );
  const intervals: Interval[] = [];
  for (let t = 0; t < timesMs.length; t += 1) {
    const label = labelOf(timesMs[t]);
    const last = intervals[intervals.length - 1];
    const isNew = last?.label !== label;
    const before = isNew
      ? {
          label,
          fromMs: t === 0 ? period.fromMs : timesMs[t - 1],
          startValue: t === 0 ? period.startValue : equity[t - 1],
          netFlow: 0,
          flows: flowsOf.get(label) ?? [],
          timeWeighted: 0,
        }
      : last;
    const grown = {
      ...before,
      toMs: timesMs[t],
      endValue: equity[t],
      netFlow: before.netFlow + netFlow[t],
      timeWeighted: (1 + before.timeWeighted) * growth[t] - 1,
    };
    if (isNew) intervals.push(grown);
    else intervals[intervals.length - 1] = grown;
  }
  return intervals;
}
