import { describe, expect, it } from 'vitest';
import { itWithShared, sharedText } from '../../../tools/testing/services.ts';
import { computeStatistics } from '../backtest/statistics/registry.ts';
import { drawdownSeries, simpleReturns } from './columns.ts';
import { drawdownEpisodes } from './drawdown-episodes.ts';
import { histogram } from './histogram.ts';
import { measureRisk } from './measure.ts';
import { validateRisk } from '../backtest/validate.ts';

const DAY_MS = 86_400_000;
const days = (count: number) => Float64Array.from({ length: count }, (_, day) => day * DAY_MS);

function levelsOf(returns: readonly number[]): Float64Array {
  const levels = [100];
  for (const value of returns) levels.push(levels[levels.length - 1] * (1 + value));
  return Float64Array.from(levels);
}

const request = (equity: Float64Array) => ({
  timesMs: days(equity.length),
  equity,
  confidence: 0.95,
  horizonBars: 1,
  window: 0,
  periodsPerYear: 252,
  riskFreeRate: 0,
  drawdownCount: 5,
});

describe('measureRisk', () => {
  itWithShared('agrees with empyrical on a real strategy', () => {
    const [reference] = JSON.parse(sharedText('reference/empyrical/real_SHARE.json')).cases;
    const market = new Set(
      sharedText('data/zipline/SPY_benchmark.csv')
        .trim()
        .split(/\r?\n/)
        .slice(1)
        .map((line) => line.slice(0, 10)),
    );
    const returns = sharedText('data/pyfolio/test_returns.csv.gz')
      .trim()
      .split(/\r?\n/)
      .map((line) => line.split(','))
      .filter(([date, value]) => value && market.has(date.slice(0, 10)) && Number.isFinite(Number(value)))
      .map(([, value]) => Number(value));
    expect(returns.length).toBe(reference.expected.n);
    const equity = levelsOf(returns);
    const risk = measureRisk(request(equity));
    const { expected } = reference;
    expect(risk.valueAtRisk.value).toBeCloseTo(-expected['value_at_risk_0.05'], 9);
    expect(risk.expectedShortfall.value).toBeCloseTo(-expected['conditional_value_at_risk_0.05'], 9);
    expect(risk.volatility.value).toBeCloseTo(expected.annual_volatility, 9);
    expect(risk.downsideDeviation.value).toBeCloseTo(expected.downside_risk, 9);
    expect(risk.maxDrawdown.value).toBeCloseTo(-expected.max_drawdown, 9);
    const statistics = computeStatistics({
      timesMs: days(equity.length),
      equity,
      returns: simpleReturns(equity),
      drawdown: drawdownSeries(equity),
      periodsPerYear: 252,
      riskFreeRate: 0,
    });
    expect(statistics.sharpe.value).toBeCloseTo(expected.sharpe_ratio, 8);
    expect(statistics.sortino.value).toBeCloseTo(expected.sortino_ratio, 8);
    expect(statistics.omega.value).toBeCloseTo(expected.omega_ratio, 8);
    expect(statistics.tailRatio.value).toBeCloseTo(expected.tail_ratio, 8);
    expect(statistics.totalReturn.value).toBeCloseTo(expected.cum_returns_final, 8);
  });

  it('measures a known series', () => {
    const risk = measureRisk({ ...request(Float64Array.of(100, 90, 99, 110, 55)), confidence: 0.75 });
    expect([...risk.drawdown].map((value) => Number(value.toFixed(4)))).toEqual([0, -0.1, -0.01, 0, -0.5]);
    expect(risk.maxDrawdown.value).toBeCloseTo(0.5, 12);
    expect(risk.expectedShortfall.value).toBeCloseTo(0.5, 12);
    expect(risk.drawdowns).toEqual([
      {
        peakMs: 3 * DAY_MS,
        troughMs: 4 * DAY_MS,
        recoveryMs: null,
        depth: 0.5,
        barsToTrough: 1,
        barsToRecovery: null,
      },
      {
        peakMs: 0,
        troughMs: DAY_MS,
        recoveryMs: 3 * DAY_MS,
        depth: expect.closeTo(0.1, 12),
        barsToTrough: 1,
        barsToRecovery: 2,
      },
    ]);
  });

  it.each([
    ['no level', []],
    ['one level', [100]],
    ['a flat series', [100, 100, 100, 100, 100]],
  ])('gives a reason, never NaN, for %s', (_name, levels) => {
    const risk = measureRisk(request(Float64Array.from(levels)));
    for (const measure of [
      risk.valueAtRisk,
      risk.volatility,
      risk.skewness,
      risk.excessKurtosis,
      risk.maxDrawdown,
    ]) {
      expect(Number.isFinite(measure.value) || typeof measure.reason === 'string').toBe(true);
    }
  });

  it('guesses nothing from a level that is not a number', () => {
    const risk = measureRisk(request(Float64Array.of(100, NaN, 90, 95, 99, 98)));
    const reason = 'the levels hold values that are not numbers';
    expect([risk.valueAtRisk, risk.maxDrawdown, risk.ulcerIndex].map((measure) => measure.reason)).toEqual([
      reason,
      reason,
      reason,
    ]);
  });

  it('counts the tail of 11 returns at 90% as two, whatever the rounding of 1 - 0.9', () => {
    const returns = Array.from({ length: 11 }, (_, place) => (place - 5) / 100);
    const risk = measureRisk({ ...request(levelsOf(returns)), confidence: 0.9 });
    expect(risk.expectedShortfall.value).toBeCloseTo(0.045, 12);
  });

  it('compounds over the horizon', () => {
    const risk = measureRisk({ ...request(levelsOf([0.1, -0.5, 0.1])), horizonBars: 3, confidence: 0.9 });
    expect(risk.valueAtRisk.reason).toBe('expected at least 2 returns, was 1');
  });

  it.each([
    [{ confidence: 1 }, 'expected a confidence above 0.5 and below 1, was 1'],
    [{ horizonBars: 0 }, 'expected a horizon of 1 bar or more, was 0'],
    [{ timesMs: days(2) }, 'expected 2 levels, was 3'],
  ])('refuses %o', (change, message) => {
    expect(() => validateRisk({ ...request(Float64Array.of(1, 2, 3)), ...change })).toThrow(message);
  });
});

describe('histogram', () => {
  it('counts every value once', () => {
    const { edges, counts } = histogram(Float64Array.of(0, 1, 2, 3, 4), 2);
    expect([...edges]).toEqual([0, 2, 4]);
    expect([...counts]).toEqual([2, 3]);
  });
});

describe('drawdownEpisodes', () => {
  it('finds none in a rising series', () => {
    expect(drawdownEpisodes(Float64Array.of(1, 2, 3), days(3), 5)).toEqual([]);
  });
});
