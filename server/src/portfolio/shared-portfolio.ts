import { downsampleIndices, pick } from '../market-data/bars.ts';
import type { InstrumentRow } from '../market-data/instrument.entity.ts';
import { type Decimal, ZERO } from '../platform/decimal.ts';
import { endsOfDays } from './growth-levels.ts';
import { annualised, intervalsOf, type MeasuredPeriod } from './performance.ts';
import type { PortfolioState } from './portfolio-state.ts';
import { marketValueOf } from './statement.ts';

const POINTS_MAXIMUM = 1_000;
const START_INDEX = 100;
const CASH = 'Cash';

/** A part of a portfolio without its size. */
export interface SharedWeight {
  readonly label: string;
  readonly weight: number;
}

/** A return of one month or year. */
export interface SharedReturn {
  readonly label: string;
  readonly timeWeighted: number | null;
}

/** What a stranger may see of a portfolio: nothing that grows with the money in it. */
export interface SharedView {
  readonly asOf: Date | null;
  readonly times: Float64Array;
  /** Time-weighted, 100 at the start. */
  readonly index: Float64Array;
  readonly drawdown: Float64Array;
  readonly totalReturn: number | null;
  readonly annualisedReturn: number | null;
  readonly maximumDrawdown: number | null;
  readonly months: readonly SharedReturn[];
  readonly years: readonly SharedReturn[];
  readonly holdings: readonly (SharedWeight & { readonly symbol: string; readonly assetClass: string })[];
  readonly cashWeight: number | null;
  readonly allocation: readonly SharedWeight[];
}

/**
 * Ratios of a portfolio, from which no amount can be told. They are rounded to single precision: a
 * portfolio of a thousand times the size gives the same digits, not a last one that depends on the size.
 */
export function sharedView(
  period: MeasuredPeriod | null,
  state: PortfolioState,
  instruments: ReadonlyMap<string, Pick<InstrumentRow, 'symbol' | 'name' | 'assetClass'>>,
): SharedView {
  return { ...performanceOf(period), ...weightsOf(state, instruments) };
}

type Performance = Omit<SharedView, 'holdings' | 'cashWeight' | 'allocation'>;

function performanceOf(period: MeasuredPeriod | null): Performance {
  const known = period && !period.growth.some(Number.isNaN) ? period : null;
  const { timesMs, levels: index } = endsOfDays({
    timesMs: known?.timesMs ?? new Float64Array(),
    levels: known ? indexOf(known.growth) : new Float64Array(),
  });
  const drawdown = drawdownOf(index);
  const chosen = downsampleIndices(index, POINTS_MAXIMUM);
  const total = known ? index[index.length - 1] / START_INDEX - 1 : null;
  const returnsBy = (by: 'MONTH' | 'YEAR') =>
    known
      ? intervalsOf(known, by).map(({ label, timeWeighted }) => ({
          label,
          timeWeighted: single(timeWeighted),
        }))
      : [];
  return {
    asOf: known && new Date(known.toMs),
    times: pick(timesMs, chosen),
    index: pick(index, chosen),
    drawdown: pick(drawdown, chosen),
    totalReturn: single(total),
    annualisedReturn: known && single(annualised(total!, known).annualised),
    maximumDrawdown: known && single(drawdown.reduce((deepest, one) => Math.max(deepest, -one), 0)),
    months: returnsBy('MONTH'),
    years: returnsBy('YEAR'),
  };
}

/** 100 grown step by step; the first step counts too. */
function indexOf(growth: Float64Array): Float64Array {
  let level = START_INDEX;
  return growth.map((factor) => Math.fround((level *= factor)));
}

/** What an index is below its highest so far, which is at least 100; at most 0. */
function drawdownOf(index: Float64Array): Float64Array {
  let highest = START_INDEX;
  return index.map((value) => {
    highest = Math.max(highest, value);
    return Math.fround(value / highest - 1);
  });
}

function weightsOf(
  state: PortfolioState,
  instruments: ReadonlyMap<string, Pick<InstrumentRow, 'symbol' | 'name' | 'assetClass'>>,
): Pick<SharedView, 'holdings' | 'cashWeight' | 'allocation'> {
  const equity = state.holdings.reduce((sum, holding) => sum.plus(marketValueOf(holding)), state.cash);
  // Of nothing, of debts and of what has no rate there are no parts.
  if (!equity.isFinite() || equity.lessThanOrEqualTo(0))
    return { holdings: [], cashWeight: null, allocation: [] };
  const weigh = (value: Decimal) => Math.fround(value.div(equity).toNumber());
  const held = state.holdings
    .filter(({ quantity }) => !quantity.isZero())
    .map((holding) => ({ value: marketValueOf(holding), ...instruments.get(holding.instrumentId)! }))
    .toSorted((a, b) => b.value.abs().comparedTo(a.value.abs()) || (a.symbol < b.symbol ? -1 : 1));
  const classes = [...Map.groupBy(held, ({ assetClass }) => assetClass)].map(
    ([label, parts]) => [label, parts.reduce((sum, { value }) => sum.plus(value), ZERO)] as const,
  );
  const all = [...classes, [CASH, state.cash] as const].filter(([, value]) => !value.isZero());
  return {
    holdings: held.map(({ symbol, name, assetClass, value }) => ({
      symbol,
      label: name,
      assetClass,
      weight: weigh(value),
    })),
    cashWeight: weigh(state.cash),
    allocation: all
      .toSorted(([a, x], [b, y]) => y.abs().comparedTo(x.abs()) || (a < b ? -1 : 1))
      .map(([label, value]) => ({ label, weight: weigh(value) })),
  };
}

function single(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : Math.fround(value);
}
