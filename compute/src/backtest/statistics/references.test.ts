import { describe, expect } from 'vitest';
import { itWithShared, sharedRows, sharedText } from '../../../../tools/testing/services.ts';
import { drawdownSeries, simpleReturns } from '../../risk/columns.ts';
import { downsideDeviation } from '../../risk/downside-deviation.ts';
import { expectedShortfall } from '../../risk/expected-shortfall.ts';
import { excessKurtosis, skewness } from '../../risk/moments.ts';
import { ulcerIndex } from '../../risk/ulcer-index.ts';
import { valueAtRisk } from '../../risk/value-at-risk.ts';
import { volatility } from '../../risk/volatility.ts';
import type { FillColumns, Statistic, Statistics } from '../../service/contract.ts';
import { buildTrades } from '../trades.ts';
import { computeStatistics } from './registry.ts';

const DAY_MS = 86_400_000;
const PERIODS: Readonly<Record<string, number>> = { daily: 252, weekly: 52, monthly: 12, yearly: 1 };
const NO_FILLS: FillColumns = {
  barIndex: new Int32Array(0),
  timesMs: new Float64Array(0),
  side: new Int8Array(0),
  quantity: new Float64Array(0),
  price: new Float64Array(0),
  fee: new Float64Array(0),
  isAtClose: new Uint8Array(0),
  reason: [],
};

/** Levels that give the returns; none at all for no return, as an empty series has no level either. */
function levelsOf(returns: readonly number[]): Float64Array {
  const levels = [100];
  for (const value of returns) levels.push(levels[levels.length - 1] * (1 + value));
  return Float64Array.from(returns.length === 0 ? [] : levels);
}

/** Statistics of returns on bars spread so that `periodsPerYear` of them are a calendar year exactly. */
function statisticsOf(
  returns: readonly number[],
  periodsPerYear: number,
  riskFreePerPeriod = 0,
  benchmark = returns,
): Statistics {
  const equity = levelsOf(returns);
  const close = levelsOf(benchmark);
  const timesMs = equity.map((_, t) => (t * 365.25 * DAY_MS) / periodsPerYear);
  const bars = { timesMs, open: close, high: close, low: close, close, volume: close };
  return computeStatistics({
    timesMs,
    equity,
    returns: simpleReturns(equity),
    drawdown: drawdownSeries(equity),
    periodsPerYear,
    riskFreeRate: (1 + riskFreePerPeriod) ** periodsPerYear - 1,
    activity: {
      fills: NO_FILLS,
      trades: buildTrades(NO_FILLS, bars),
      position: new Float64Array(equity.length),
      close,
    },
  });
}

type Argument =
  | readonly number[]
  | number
  | {
      readonly fixture?: string | null;
      readonly series?: readonly (number | null)[];
      readonly start?: string;
    };
type Fixtures = Readonly<Record<string, { values: readonly (number | null)[]; start: string | null }>>;
interface EmpyricalCase {
  readonly function: string;
  readonly args: readonly Argument[];
  readonly kwargs: Readonly<Record<string, unknown>>;
  readonly value: number | 'inf' | null;
}

/** A series of empyrical's by the day it falls on; missing values are left out, or `ifMissing`. */
function daysOf(argument: Argument, fixtures: Fixtures, ifMissing?: number): Map<number, number> {
  const isList = Array.isArray(argument);
  const { fixture, series, start } = (isList ? { series: argument } : argument) as Exclude<
    Argument,
    number | readonly number[]
  >;
  const known = fixture ? fixtures[fixture] : undefined;
  const values = known?.values ?? series ?? [];
  const first = Date.parse((known?.start ?? start ?? '2000-01-01').slice(0, 10)) / DAY_MS;
  const rows = values.map((value, day) => [first + day, value ?? ifMissing] as const);
  return new Map(rows.filter((row): row is readonly [number, number] => row[1] !== undefined));
}

const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);

const negated = ({ value }: Statistic): Statistic => ({ value: value === null ? null : 0 - value });

/** What we give for a case of empyrical's, turned to its sign; undefined where ours has no such setting. */
function ourValue(test: EmpyricalCase, fixtures: Fixtures): Statistic | undefined {
  const days = daysOf(test.args[0], fixtures);
  const returns = [...days.values()];
  const periods = PERIODS[String(test.kwargs.period ?? 'daily')];
  const required = numberOf(test.kwargs.required_return ?? 0);
  const riskFree = numberOf(test.kwargs.risk_free ?? 0);
  const cutoff = numberOf(test.kwargs.cutoff ?? test.args[1] ?? 0.05);
  if (required === null || riskFree === null || cutoff === null) return undefined;
  const plain = statisticsOf(returns, periods);
  // Its years count a missing return as a period that passed.
  const annual = statisticsOf([...daysOf(test.args[0], fixtures, 0).values()], periods);
  switch (test.function) {
    case 'cum_returns_final':
      return test.kwargs.starting_value === 0 ? plain.totalReturn : undefined;
    case 'annual_return':
    case 'cagr':
      return annual.cagr;
    case 'annual_volatility':
      return plain.volatility;
    case 'calmar_ratio':
      return annual.calmar;
    case 'max_drawdown':
      return negated(plain.maxDrawdown);
    case 'tail_ratio':
      return plain.tailRatio;
    case 'sharpe_ratio':
      return statisticsOf(returns, periods, riskFree).sharpe;
    case 'sortino_ratio':
      return statisticsOf(returns, periods, required).sortino;
    case 'omega_ratio':
      return required === 0 && riskFree === 0 ? plain.omega : undefined;
    case 'downside_risk':
      return downsideDeviation(Float64Array.from(returns), required, periods);
    case 'value_at_risk':
      return negated(valueAtRisk(Float64Array.from(returns), 1 - cutoff));
    case 'conditional_value_at_risk':
      return negated(expectedShortfall(Float64Array.from(returns), 1 - cutoff));
    case 'alpha':
    case 'beta': {
      const benchmarkDays = daysOf(test.args[1], fixtures);
      const shared = [...days.keys()].filter((day) => benchmarkDays.has(day));
      const own = shared.map((day) => days.get(day)!);
      const market = shared.map((day) => benchmarkDays.get(day)!);
      const { alpha, beta } = statisticsOf(own, periods, 0, market);
      if (test.function === 'beta') return 'frame' in (test.args[1] as object) ? undefined : beta;
      // It compounds alpha over the year, ours is the mean times the periods.
      return alpha.value === null ? alpha : { value: (1 + alpha.value / periods) ** periods - 1 };
    }
    default:
      return undefined;
  }
}

/** What a case of empyrical's is by our conventions: null where undefined, infinite ratios included. */
function expectedValue(test: EmpyricalCase, fixtures: Fixtures): number | null {
  if (typeof test.value !== 'number') return null;
  const isQuantile = /tail_ratio|value_at_risk/.test(test.function);
  // A quantile of one return is that return there; we ask for two.
  if (isQuantile && daysOf(test.args[0], fixtures).size === 1) return null;
  // A loss that turns out a gain is 0 with us, a gain there.
  return test.function.includes('value_at_risk') ? Math.min(0, test.value) : test.value;
}

describe('agreement with empyrical', () => {
  itWithShared('gives the published values on short series', () => {
    const { cases, fixtures } = JSON.parse(sharedText('reference/empyrical/small_series.json')) as {
      cases: readonly EmpyricalCase[];
      fixtures: Fixtures;
    };
    const rows = cases.flatMap((test) => {
      const ours = ourValue(test, fixtures);
      if (ours === undefined) return [];
      const place = `${test.function} ${JSON.stringify(test.args)} ${JSON.stringify(test.kwargs)}`;
      return [{ place, ours: ours.value, expected: expectedValue(test, fixtures) }];
    });
    const isSame = (ours: number | null, expected: number | null) =>
      ours === null || expected === null ? ours === expected : Math.abs(ours - expected) < 1e-8;
    expect(rows.filter(({ ours, expected }) => !isSame(ours, expected))).toEqual([]);
    expect(rows.length).toBe(80);
  });

  itWithShared('gives its beta, alpha and annual figures on ten years of KO', () => {
    const { cases } = JSON.parse(sharedText('reference/empyrical/real_SHARE.json'));
    const { expected } = cases.find(({ name }: { name: string }) => name === 'KO_vs_SP500_2000_2009');
    const text = sharedText('data/skfolio/sp500_dataset.csv.gz').trim().split(/\r?\n/);
    const column = text[0].split(',').indexOf('KO');
    const index = new Map(
      sharedRows('data/skfolio/sp500_index.csv.gz').map(([date, level]) => [date, Number(level)]),
    );
    const rows = text.slice(1).map((line) => line.split(','));
    const [own, market]: [number[], number[]] = [[], []];
    for (let t = 1; t < rows.length; t += 1) {
      if (rows[t][0] < '2000-01-01' || rows[t][0] > '2009-12-31') continue;
      own.push(Number(rows[t][column]) / Number(rows[t - 1][column]) - 1);
      market.push(index.get(rows[t][0])! / index.get(rows[t - 1][0])! - 1);
    }
    expect(own.length).toBe(expected.n);
    const { alpha, beta, cagr, calmar, sharpe } = statisticsOf(own, 252, 0, market);
    expect(beta.value).toBeCloseTo(expected.beta, 9);
    expect((1 + (alpha.value ?? NaN) / 252) ** 252 - 1).toBeCloseTo(expected.alpha, 9);
    expect(cagr.value).toBeCloseTo(expected.annual_return, 9);
    expect(calmar.value).toBeCloseTo(expected.calmar_ratio, 9);
    expect(statisticsOf(own, 252, 0.0001).sharpe.value).toBeCloseTo(expected['sharpe_ratio_rf_0.0001'], 9);
    expect(sharpe.value).toBeCloseTo(expected.sharpe_ratio, 9);
  });
});

describe('agreement with skfolio', () => {
  itWithShared('gives its measures of 33 years of AAPL where the convention is the same', () => {
    const { values } = JSON.parse(sharedText('reference/skfolio/measures_AAPL.json')) as {
      values: readonly { measure: string; args: Record<string, unknown>; recomputed: number }[];
    };
    const published = (measure: string, args: Record<string, unknown> = {}) =>
      values.find(
        (entry) => entry.measure === measure && JSON.stringify(entry.args) === JSON.stringify(args),
      )!.recomputed;
    const prices = sharedRows('data/skfolio/sp500_dataset.csv.gz').map((row) => Number(row[1]));
    const returns = simpleReturns(Float64Array.from(prices));
    // Its drawdowns start at the level after the first return; ours at the level before it.
    const drawdown = drawdownSeries(Float64Array.from(prices.slice(1)));
    expect(returns.length).toBe(8312);
    expect(volatility(returns, 1).value).toBeCloseTo(published('standard_deviation', { biased: false }), 12);
    expect(downsideDeviation(returns, 0, 1).value).toBeCloseTo(
      published('semi_deviation', { min_acceptable_return: 0, biased: true }),
      12,
    );
    expect(skewness(returns).value).toBeCloseTo(published('skew'), 10);
    expect(excessKurtosis(returns).value).toBeCloseTo(published('kurtosis') - 3, 9);
    expect(-Math.min(...drawdown)).toBeCloseTo(published('max_drawdown', { compounded: true }), 10);
    expect(ulcerIndex(drawdown).value).toBeCloseTo(published('ulcer_index', { compounded: true }), 10);
    // Its quantile is an observation, ours is interpolated; its shortfall weighs the last one in part.
    expect(valueAtRisk(returns, 0.95).value).toBeCloseTo(published('value_at_risk'), 4);
    expect(expectedShortfall(returns, 0.95).value).toBeCloseTo(published('cvar'), 4);
  });
});

describe('agreement with PerformanceAnalytics', () => {
  itWithShared("gives the figures of Bacon's monthly example", () => {
    const { published, extra_values: extra } = JSON.parse(
      sharedText('reference/bacon_performance/bacon.json'),
    ) as {
      published: readonly { measure: string; recomputed_with_PerformanceAnalytics: number }[];
      extra_values: readonly { measure: string; value: number }[];
    };
    const valueOf = (measure: string) =>
      extra.find((entry) => entry.measure === measure)?.value ??
      published.find((entry) => entry.measure === measure)!.recomputed_with_PerformanceAnalytics;
    const rows = sharedRows('data/r_datasets/PA_portfolio_bacon.csv').map((row) => row.map(Number));
    const [own, market] = [rows.map((row) => row[1]), rows.map((row) => row[2])];
    const returns = Float64Array.from(own);
    const statistics = statisticsOf(own, 12, 0, market);
    expect(own.length).toBe(24);
    expect(statistics.cagr.value).toBeCloseTo(valueOf('Return.annualized.geometric.p'), 9);
    expect(statistics.volatility.value).toBeCloseTo(valueOf('StdDev.annualized.p'), 9);
    expect(statistics.beta.value).toBeCloseTo(valueOf('CAPM.beta.p.q'), 9);
    expect(statistics.maxDrawdown.value).toBeCloseTo(valueOf('maxDrawdown.p'), 9);
    expect(statistics.calmar.value).toBeCloseTo(valueOf('CalmarRatio.p'), 9);
    expect(statistics.skewness.value).toBeCloseTo(valueOf('skewness.p.moment'), 9);
    expect(statistics.excessKurtosis.value).toBeCloseTo(valueOf('kurtosis.p.excess'), 9);
    expect(statistics.valueAtRisk.value).toBeCloseTo(-valueOf('VaR.historical.0.95.p'), 9);
    expect(downsideDeviation(returns, 0.005, 1).value).toBeCloseTo(valueOf('DownsideDeviation'), 9);
    // It takes the returns strictly below the quantile (two here), we the two least: the same set.
    expect(statistics.expectedShortfall.value).toBeCloseTo(-valueOf('ES.historical.0.95.p'), 9);
  });
});
