import { describe, expect, it } from 'vitest';
import { drawdownSeries, simpleReturns } from '../../risk/columns.ts';
import type { FillColumns, TradeColumns } from '../../service/contract.ts';
import type { StatisticInput } from './define.ts';
import { computeStatistics, statisticDefinitions } from './registry.ts';

const QUARTER_MS = (365.25 / 4) * 86_400_000;
const column = (...values: number[]) => Float64Array.from(values);

interface TradeRow {
  readonly profit: number;
  readonly returns: number;
  readonly from: number;
  readonly to: number;
}

function tradesOf(rows: readonly TradeRow[]): TradeColumns {
  const zeros = new Float64Array(rows.length);
  return {
    direction: Int8Array.from(rows, () => 1),
    entryIndex: Int32Array.from(rows, ({ from }) => from),
    exitIndex: Int32Array.from(rows, ({ to }) => to),
    entryTimesMs: zeros,
    exitTimesMs: zeros,
    quantity: zeros,
    entryPrice: zeros,
    exitPrice: zeros,
    fees: zeros,
    profit: Float64Array.from(rows, ({ profit }) => profit),
    returns: Float64Array.from(rows, ({ returns }) => returns),
    mae: zeros,
    mfe: zeros,
  };
}

function fillsOf(rows: readonly { quantity: number; price: number; fee: number }[]): FillColumns {
  return {
    barIndex: new Int32Array(rows.length),
    timesMs: new Float64Array(rows.length),
    side: new Int8Array(rows.length).fill(1),
    quantity: Float64Array.from(rows, ({ quantity }) => quantity),
    price: Float64Array.from(rows, ({ price }) => price),
    fee: Float64Array.from(rows, ({ fee }) => fee),
    isAtClose: new Uint8Array(rows.length),
    reason: rows.map(() => 'entry'),
  };
}

/** Quarterly bars: four of them are a calendar year exactly. */
function inputOf(
  equity: Float64Array,
  activity: Partial<NonNullable<StatisticInput['activity']>> = {},
): StatisticInput & Required<Pick<StatisticInput, 'activity'>> {
  return {
    timesMs: equity.map((_, t) => t * QUARTER_MS),
    equity,
    returns: simpleReturns(equity),
    drawdown: drawdownSeries(equity),
    periodsPerYear: 4,
    riskFreeRate: 0,
    activity: {
      fills: fillsOf([]),
      trades: tradesOf([]),
      position: new Float64Array(equity.length),
      close: new Float64Array(equity.length).fill(10),
      ...activity,
    },
  };
}

const only = (profit: number, count = 1) =>
  tradesOf(Array.from({ length: count }, () => ({ profit, returns: profit / 1000, from: 0, to: 1 })));
const statisticOf = (name: string, input: StatisticInput) => computeStatistics(input)[name];

describe('the registry', () => {
  it('names every statistic once, with label, unit and definition', () => {
    const names = statisticDefinitions.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBe(33);
    for (const { name, label, unit, description } of statisticDefinitions) {
      expect(name).toMatch(/^[a-z][A-Za-z]+$/);
      expect(label.length).toBeGreaterThan(0);
      expect(['FRACTION', 'RATIO', 'CURRENCY', 'BARS', 'DAYS', 'COUNT']).toContain(unit);
      expect(description).toMatch(/\.$/);
    }
  });

  it('leaves out what an equity curve without a record of trades cannot tell', () => {
    const { activity: _activity, ...input } = inputOf(column(100, 110, 99));
    expect(Object.keys(computeStatistics(input))).toEqual([
      'totalReturn',
      'cagr',
      'volatility',
      'sharpe',
      'sortino',
      'calmar',
      'omega',
      'maxDrawdown',
      'averageDrawdown',
      'maxDrawdownDuration',
      'ulcerIndex',
      'valueAtRisk',
      'expectedShortfall',
      'skewness',
      'excessKurtosis',
      'tailRatio',
    ]);
  });
});

describe('every statistic', () => {
  // Returns of 10%, -10%, 10% and 0; the instrument moves by twice as much.
  const sample = inputOf(column(1000, 1100, 990, 1089, 1089), {
    close: column(10, 12, 9.6, 11.52, 11.52),
    position: column(0, 10, 10, 0, -5),
    fills: fillsOf([
      { quantity: 10, price: 10, fee: 1 },
      { quantity: 5, price: 12, fee: 2 },
    ]),
    trades: tradesOf([
      { profit: 100, returns: 0.1, from: 0, to: 2 },
      { profit: -50, returns: -0.05, from: 2, to: 3 },
      { profit: 30, returns: 0.03, from: 3, to: -1 },
    ]),
  });
  const deviation = Math.sqrt(0.0275 / 3);

  it.each([
    ['totalReturn', 0.089],
    ['cagr', 0.089],
    ['volatility', deviation * 2],
    ['sharpe', (0.025 / deviation) * 2],
    ['sortino', 1],
    ['calmar', 0.89],
    ['omega', 2],
    ['maxDrawdown', 0.1],
    ['averageDrawdown', 0.1],
    ['maxDrawdownDuration', 273.9375],
    ['ulcerIndex', Math.sqrt(0.0102 / 5)],
    ['valueAtRisk', 0.085],
    ['expectedShortfall', 0.1],
    ['skewness', -0.00028125 / 0.006875 ** 1.5],
    ['excessKurtosis', 0.000076953125 / 0.006875 ** 2 - 3],
    ['tailRatio', 0.1 / 0.085],
    ['buyAndHoldReturn', 0.152],
    ['beta', 0.5],
    ['alpha', 0],
    ['exposure', 0.6],
    ['tradeCount', 3],
    ['winRate', 2 / 3],
    ['profitFactor', 2.6],
    ['payoffRatio', 1.3],
    ['expectancy', 80 / 3],
    ['averageTrade', 0.08 / 3],
    ['bestTrade', 0.1],
    ['worstTrade', -0.05],
    ['averageBarsHeld', 4 / 3],
    ['kelly', 2 / 3 - 1 / 3 / 1.3],
    ['systemQuality', (Math.sqrt(3) * (80 / 3)) / Math.sqrt(16_900 / 3)],
    ['turnover', 160 / 1053.6 / 1.25],
    ['totalFees', 3],
  ])('%s of a series worked out by hand', (name, expected) => {
    expect(statisticOf(name, sample).value).toBeCloseTo(expected, 12);
  });

  it('is there in that list', () => {
    expect(Object.keys(computeStatistics(sample)).length).toBe(statisticDefinitions.length);
  });

  it.each(statisticDefinitions.map(({ name }) => name))('%s is a number or says why not', (name) => {
    const empty = column();
    for (const equity of [empty, column(100), column(100, 100, 100, 100, 100), column(100, 0, 0)]) {
      const { value, reason } = statisticOf(name, inputOf(equity));
      expect(Number.isFinite(value)).toBe(value !== null);
      expect(reason === undefined).toBe(value !== null);
    }
  });

  it.each(statisticDefinitions.map(({ name }) => name))('%s guesses nothing from a missing level', (name) => {
    expect(statisticOf(name, inputOf(column(100, NaN, 90, 95, 99)))).toEqual({
      value: null,
      reason: 'the levels hold values that are not numbers',
    });
  });
});

describe('edge cases of the equity curve', () => {
  const steady = column(100, 101, 102.01, 103.0301, 104.060401, 105.10100501, 106.1520150601);

  it.each([
    ['totalReturn', column(100), 'expected at least 2 levels, was 1'],
    ['cagr', column(100, -5), 'the equity fell below zero, or no time passed'],
    ['volatility', column(100, 101), 'expected at least 2 returns, was 1'],
    ['sharpe', steady, 'every return is the same'],
    ['sortino', steady, 'no return was below the risk-free rate'],
    ['calmar', steady, 'there was no drawdown, or too little history'],
    ['omega', steady, 'no return was below zero'],
    ['maxDrawdown', column(), 'expected at least 1 levels, was 0'],
    ['averageDrawdown', steady, 'there was no drawdown'],
    ['maxDrawdownDuration', steady, 'there was no drawdown'],
    ['ulcerIndex', column(), 'expected at least 1 levels, was 0'],
    ['valueAtRisk', column(100, 90), 'expected at least 2 returns, was 1'],
    ['expectedShortfall', column(100, 90), 'expected at least 2 returns, was 1'],
    ['skewness', steady, 'every return is the same'],
    ['excessKurtosis', steady, 'every return is the same'],
    ['tailRatio', column(100, 100, 100), 'the 5th percentile is zero'],
    ['buyAndHoldReturn', column(), 'there are no bars'],
    ['beta', steady, 'the instrument did not move'],
    ['alpha', steady, 'the instrument did not move'],
    ['exposure', column(), 'there are no bars'],
    ['turnover', column(), 'there are no bars'],
  ])('%s is undefined with its reason', (name, equity, reason) => {
    expect(statisticOf(name, inputOf(equity))).toEqual({ value: null, reason });
  });

  it.each([
    ['totalReturn', column(100, 0), -1],
    ['cagr', column(100, 0), -1],
    ['volatility', column(100, 100, 100), 0],
    ['maxDrawdown', column(100, 110, 121), 0],
    ['maxDrawdown', column(100, -20), 1.2],
    ['averageDrawdown', column(100, 90, 100, 70, 100), 0.2],
    ['maxDrawdownDuration', column(100, 90, 95, 100, 99), 3 * (365.25 / 4)],
    ['valueAtRisk', column(100, 101, 103), 0],
    ['expectedShortfall', column(100, 101, 103), 0],
    ['omega', column(100, 90, 81), 0],
    ['beta', column(100, 100, 100), 0],
    ['exposure', column(100, 100), 0],
    ['turnover', column(100, 100), 0],
  ])('%s of a limit case', (name, equity, expected) => {
    const close = equity.map((_, t) => 10 + (t % 2));
    expect(statisticOf(name, inputOf(equity, { close })).value).toBeCloseTo(expected, 12);
  });

  it('takes the risk-free rate from the Sharpe and the Sortino ratio, compounded per bar', () => {
    const input = { ...inputOf(column(100, 110, 99)), riskFreeRate: 1.1 ** 4 - 1 };
    expect(statisticOf('sharpe', input).value).toBeCloseTo((-0.1 / Math.sqrt(0.02)) * 2, 12);
    expect(statisticOf('sortino', input).value).toBeCloseTo((-0.1 * 4) / (Math.sqrt(0.04 / 2) * 2), 12);
  });
});

describe('edge cases of the trades', () => {
  const equity = column(1000, 1000, 1000);

  it('count one that ends even as neither won nor lost', () => {
    const ends = [30, 0, -10, -20];
    const trades = tradesOf(ends.map((profit) => ({ profit, returns: profit / 1000, from: 0, to: 1 })));
    const input = inputOf(equity, { trades });
    expect(statisticOf('winRate', input).value).toBe(0.25);
    expect(statisticOf('payoffRatio', input).value).toBe(2);
    expect(statisticOf('kelly', input).value).toBe(0.25 - 0.5 / 2);
    expect(statisticOf('profitFactor', input).value).toBe(1);
  });

  it.each([
    ['winRate', tradesOf([]), 'there were no trades'],
    ['profitFactor', only(10), 'no trade lost'],
    ['payoffRatio', only(10), 'there is no winning or no losing trade'],
    ['payoffRatio', only(-10), 'there is no winning or no losing trade'],
    ['kelly', only(10), 'there is no winning or no losing trade'],
    ['expectancy', tradesOf([]), 'there were no trades'],
    ['averageTrade', tradesOf([]), 'there were no trades'],
    ['bestTrade', tradesOf([]), 'there were no trades'],
    ['worstTrade', tradesOf([]), 'there were no trades'],
    ['averageBarsHeld', tradesOf([]), 'there were no trades'],
    ['systemQuality', only(10), 'expected at least 2 trades, was 1'],
    ['systemQuality', only(10, 3), 'every trade gave the same'],
  ])('%s is undefined with its reason', (name, trades, reason) => {
    expect(statisticOf(name, inputOf(equity, { trades }))).toEqual({ value: null, reason });
  });

  it.each([
    ['tradeCount', tradesOf([]), 0],
    ['winRate', only(0), 0],
    ['winRate', only(5), 1],
    ['profitFactor', only(-5), 0],
    ['bestTrade', only(-5), -0.005],
    ['worstTrade', only(5), 0.005],
    ['totalFees', tradesOf([]), 0],
    ['averageBarsHeld', tradesOf([{ profit: 0, returns: 0, from: 1, to: 1 }]), 0],
  ])('%s of a limit case', (name, trades, expected) => {
    expect(statisticOf(name, inputOf(equity, { trades })).value).toBe(expected);
  });

  it('takes more trades than an argument list holds', () => {
    const statistics = computeStatistics(inputOf(equity, { trades: only(5, 300_000) }));
    expect([statistics.bestTrade, statistics.worstTrade]).toEqual([{ value: 0.005 }, { value: 0.005 }]);
  });
});
