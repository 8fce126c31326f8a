import { describe, expect, it } from 'vitest';
import { itWithShared, sharedRows, sharedText } from '../../../tools/testing/services.ts';
import { benchmarkPeriod } from './benchmark-period.ts';
import type { MeasuredPeriod } from './performance.ts';
import { relativeFigures } from './relative.ts';

const pairs = (own: number[], benchmark: number[], periodsPerYear = 12) => ({
  own: Float64Array.from(own),
  benchmark: Float64Array.from(benchmark),
  periodsPerYear,
});

describe('figures beside a benchmark', () => {
  itWithShared('agree with PerformanceAnalytics on the returns of Bacon', () => {
    const rows = sharedRows('data/r_datasets/PA_portfolio_bacon.csv');
    const column = (index: number) => rows.map((row) => Number(row[index]));
    const figures = relativeFigures(pairs(column(1), column(2)));
    const { published, extra_values } = JSON.parse(sharedText('reference/bacon_performance/bacon.json'));
    const extra = (name: string) =>
      extra_values.find((one: { measure: string }) => one.measure === name).value;
    const alpha = published.find((one: { measure: string }) => one.measure === 'JensenAlpha');
    expect(figures.trackingError.value).toBeCloseTo(extra('TrackingError.p.q'), 12);
    expect(figures.informationRatio.value).toBeCloseTo(extra('InformationRatio.p.q'), 10);
    expect(figures.beta.value).toBeCloseTo(extra('CAPM.beta.p.q'), 12);
    expect(figures.upCapture.value).toBeCloseTo(extra('UpDownRatios.upcapture'), 12);
    expect(figures.downCapture.value).toBeCloseTo(extra('UpDownRatios.downcapture'), 12);
    expect(figures.alpha.value).toBeCloseTo(alpha.recomputed_with_PerformanceAnalytics, 10);
  });

  itWithShared('agree with empyrical on beta', () => {
    const { cases, fixtures } = JSON.parse(sharedText('reference/empyrical/small_series.json'));
    const compared = cases.filter((one: any) => {
      const series = one.args.map((arg: any) => (arg.series ? arg : fixtures[arg.fixture]));
      if (one.function !== 'beta' || one.value === null || !series[0] || !series[1]) return false;
      // Only what begins on one day is about the same days.
      const [own, benchmark] = series.map(({ series: values, values: fixed }: any) => values ?? fixed);
      if (series[0].start !== series[1].start || own.length !== benchmark.length) return false;
      const isKnown = (_: unknown, t: number) => own[t] !== null && benchmark[t] !== null;
      const { beta } = relativeFigures(pairs(own.filter(isKnown), benchmark.filter(isKnown)));
      expect(beta.value).toBeCloseTo(one.value, 8);
      return true;
    });
    expect(compared.length).toBeGreaterThan(0);
  });

  it('are undefined with a reason where nothing moves or too little is known', () => {
    const flat = relativeFigures(pairs([0.01, 0.02, 0.03], [0.01, 0.01, 0.01]));
    expect([flat.beta.value, flat.beta.reason]).toEqual([
      null,
      'expected a benchmark that moves, was one return for all',
    ]);
    expect([flat.downCapture.value, flat.downCapture.reason]).toEqual([
      null,
      'expected a step in which the benchmark does not rise, was none',
    ]);
    const same = relativeFigures(pairs([0.01, -0.02, 0.03], [0.01, -0.02, 0.03]));
    expect([same.trackingError.value, same.informationRatio.value, same.beta.value]).toEqual([0, null, 1]);
    expect(relativeFigures(pairs([0.1], [0.2])).beta.reason).toBe('expected at least 3 returns, was 1');
  });
});

describe('a benchmark over a period', () => {
  const DAY_MS = 86_400_000;
  const YEAR_MS = 365 * DAY_MS;
  const period: MeasuredPeriod = {
    fromMs: 0,
    toMs: 2 * YEAR_MS,
    startValue: 100,
    endValue: 260,
    flows: [{ timeMs: YEAR_MS, amount: 110, flow: null as never }],
    growth: Float64Array.of(1.1, 1, 1.2),
    timesMs: Float64Array.of(YEAR_MS / 2, YEAR_MS, 2 * YEAR_MS),
    equity: Float64Array.of(110, 220, 260),
    netFlow: Float64Array.of(0, 110, 0),
    inflow: Float64Array.of(0, 110, 0),
    outflow: new Float64Array(3),
    currencyEffect: new Float64Array(3),
    currencyGain: 0,
  };

  it('is bought with the same money and pairs the steps from price to price', () => {
    const series = {
      timesMs: Float64Array.of(-1, YEAR_MS, 2 * YEAR_MS),
      close: Float64Array.of(50, 55, 60.5),
    };
    const { growth, pairs: paired, levels, matched, matchedRate } = benchmarkPeriod(period, series)!;
    expect(growth).toBeCloseTo(0.21, 12);
    expect([...levels]).toEqual([1, 1.1, 1.21]);
    expect([...matched].map((one) => Number(one.toFixed(9)))).toEqual([100, 220, 242]);
    expect([...paired.own].map((one) => Number(one.toFixed(9)))).toEqual([0.1, 0.2]);
    expect([...paired.benchmark].map((one) => Number(one.toFixed(9)))).toEqual([0.1, 0.1]);
    expect(paired.periodsPerYear).toBe(1);
    expect(matchedRate.rate).toBeCloseTo(0.1, 9);
  });

  it('waits for its first price', () => {
    const series = { timesMs: Float64Array.of(YEAR_MS, 2 * YEAR_MS), close: Float64Array.of(10, 11) };
    const { levels, matched, pairs: paired } = benchmarkPeriod(period, series)!;
    expect([...levels]).toEqual([NaN, 1, 1.1]);
    expect(matched[0]).toBeNaN();
    expect([matched[1], matched[2]].map((one) => Number(one.toFixed(9)))).toEqual([210, 231]);
    expect(paired.own).toHaveLength(1);
    expect(
      benchmarkPeriod(period, { timesMs: Float64Array.of(3 * YEAR_MS), close: Float64Array.of(1) }),
    ).toBeNull();
  });
});
