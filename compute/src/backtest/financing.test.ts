import { describe, expect, it } from 'vitest';
import { flatBars } from '../../../tools/testing/bars.ts';
import { sharedBars } from '../../../tools/testing/shared-bars.ts';
import { describeOnEveryBackend } from '../../../tools/testing/every-backend.ts';
import { itWithShared, sharedRows, sharedText } from '../../../tools/testing/services.ts';
import { always, fillsOf, NO_COSTS, ohlc, signalsOf } from '../../../tools/testing/simulations.ts';
import { ComputeError } from '../service/contract.ts';
import { libraryStrategies } from '../strategy/library.ts';
import { compiledFor } from './validate.ts';

const YEAR_MS = 365 * 86_400_000;
const yearly = (closes: number[]) => ({
  ...flatBars(closes),
  timesMs: Float64Array.from(closes, (_, year) => year * YEAR_MS),
});
const units = (length: number, count: number) => ({ kind: 'units', value: always(length, count) }) as const;

describeOnEveryBackend('the spread', ({ simulate }) => {
  it('worsens market fills by half of it on each side, beside the slippage', () => {
    const costs = { ...NO_COSTS, slippageBps: 10, spreadBps: 180 };
    const signals = signalsOf(3, { enterLong: [0], exitLong: [1] }, { size: units(3, 10) });
    expect(fillsOf(simulate(flatBars([50, 50, 50]), signals, { costs }))).toEqual([
      [1, 10, 50.5, 'entry'],
      [2, -10, 49.5, 'exit'],
    ]);
  });

  it('leaves the limit of a target alone', () => {
    const costs = { ...NO_COSTS, spreadBps: 200 };
    const bars = ohlc([
      [50, 50, 50, 50],
      [50, 60, 50, 55],
    ]);
    const rest = { targetDistance: always(2, 5), size: units(2, 10) };
    expect(fillsOf(simulate(bars, signalsOf(2, { enterLong: [0] }, rest), { costs }))[1]).toEqual([
      1,
      -10,
      55.5,
      'target',
    ]);
  });
});

describeOnEveryBackend('the spread', ({ backtest }) => {
  itWithShared.each([
    ['goog_sma10_15_spread002_quickstart', 15],
    ['goog_sma10_20_spread002_readme', 20],
  ])('%s: the trades of backtesting.py, whose spread is paid by entries alone', (name, slow) => {
    const { broker, expected } = JSON.parse(sharedText(`reference/backtesting_py/${name}.json`));
    const bars = sharedBars('data/backtesting_py/GOOG.csv');
    const { trades } = backtest({
      strategy: libraryStrategies().find(({ id }) => id === 'sma-cross')!.source,
      parameters: { fast: 10, slow },
      instruments: [{ symbol: 'GOOG', bars }],
      initialCash: broker.cash,
      // Theirs is 20 bps of an entry's price: as much as half of 20 bps on each side, but for the move between.
      costs: { ...NO_COSTS, spreadBps: broker.spread * 10_000 },
      direction: 'LONG_AND_SHORT',
      lotSize: 1,
      endRule: 'KEEP_OPEN',
      periodsPerYear: 252,
      riskFreeRate: 0,
      seed: 0,
    });
    const rows = sharedRows(`reference/backtesting_py/${name}.trades.csv`).map((row) => row.map(Number));
    expect(rows.length).toBe(expected['# Trades']);
    let cash = broker.cash;
    rows.forEach(([size, entryBar, exitBar, entryPrice, exitPrice], i) => {
      const side = trades.direction[i];
      expect([trades.entryIndex[i], trades.exitIndex[i], side]).toEqual([entryBar, exitBar, Math.sign(size)]);
      const entryOpen = trades.entryPrice[i] / (1 + side * 0.001);
      const exitOpen = trades.exitPrice[i] / (1 - side * 0.001);
      expect(entryOpen * (1 + side * 0.002)).toBeCloseTo(entryPrice, 8);
      expect(exitOpen).toBeCloseTo(exitPrice, 8);
      cash += size * (exitOpen - entryOpen * (1 + side * 0.002));
    });
    // The last trade stays open: bought, or sold, with all there is, and valued at the last close.
    const open = trades.direction.length - 1;
    expect(open).toBe(rows.length);
    const side = trades.direction[open];
    const price = (trades.entryPrice[open] / (1 + side * 0.001)) * (1 + side * 0.002);
    cash += side * Math.floor(cash / price) * (bars.close[bars.close.length - 1] - price);
    expect(cash).toBeCloseTo(expected['Equity Final [$]'], 4);
  });
});

describeOnEveryBackend('interest', ({ simulate }) => {
  it('is earned on idle cash for the time between closes', () => {
    const run = simulate(yearly([10, 10, 10]), signalsOf(3, {}), { costs: { ...NO_COSTS, cashRate: 0.05 } });
    expect([...run.equity]).toEqual([1000, 1050, 1102.5]);
  });

  it('is earned on what a long leaves, not on what it holds', () => {
    const signals = signalsOf(4, { enterLong: [0] }, { size: units(4, 40) });
    const run = simulate(yearly([10, 10, 10, 10]), signals, { costs: { ...NO_COSTS, cashRate: 0.5 } });
    expect([...run.equity]).toEqual([1000, 1500, 1500 + 550, 1500 + 550 + 825]);
  });

  it('is paid on the value of a short, whose proceeds earn nothing', () => {
    const costs = { ...NO_COSTS, borrowRate: 0.1, cashRate: 0.5 };
    const signals = signalsOf(3, { enterShort: [1] }, { size: units(3, 20) });
    const run = simulate(yearly([10, 10, 10]), signals, { costs });
    expect([...run.equity]).toEqual([1000, 1500, 1500 + 750]);
    const held = simulate(
      yearly([10, 10, 10, 10]),
      signalsOf(4, { enterShort: [0] }, { size: units(4, 20) }),
      {
        costs,
      },
    );
    expect([...held.equity].slice(0, 3)).toEqual([1000, 1500, 1500 + 0.5 * 1500 - 0.1 * 200]);
  });

  it('is paid on borrowed cash', () => {
    const signals = signalsOf(3, { enterLong: [0] }, { size: units(3, 150) });
    const settings = { costs: { ...NO_COSTS, borrowRate: 0.1, cashRate: 0.5 }, leverage: 2 };
    const run = simulate(yearly([10, 10, 10]), signals, settings);
    expect([...run.equity]).toEqual([1000, 1500, 1500]);
    const dearer = simulate(yearly([10, 10, 10]), { ...signals, size: units(3, 200) }, settings);
    expect(dearer.equity[2]).toBe(1500 - 50);
  });
});

describeOnEveryBackend('leverage', ({ simulate }) => {
  it.each([
    [1, 100],
    [1.5, 150],
    [3, 200],
  ])('of %d lets 200%% of the equity buy %d units', (leverage, quantity) => {
    const size = { kind: 'percentOfEquity', value: always(2, 2) } as const;
    const run = simulate(flatBars([10, 10]), signalsOf(2, { enterLong: [0] }, { size }), { leverage });
    expect(fillsOf(run)).toEqual([[1, quantity, 10, 'entry']]);
  });

  it('leaves room for the commission', () => {
    const costs = { ...NO_COSTS, commissionBps: 100 };
    const run = simulate(flatBars([10, 10]), signalsOf(2, { enterLong: [0] }, { size: units(2, 500) }), {
      leverage: 2,
      costs,
    });
    // Each unit ties up 5 and costs 0.1.
    expect(fillsOf(run)).toEqual([[1, 196, 10, 'entry']]);
  });

  it('ends in a margin call at the next open once equity is below the maintenance margin', () => {
    const bars = ohlc([
      [10, 10, 10, 10],
      [10, 10, 10, 10],
      [10, 10, 6, 6.6],
      [6, 7, 6, 7],
      [7, 7, 7, 7],
    ]);
    const signals = signalsOf(5, { enterLong: [0, 2, 3] }, { size: units(5, 200) });
    const margin = (maintenanceMargin: number) =>
      fillsOf(simulate(bars, signals, { leverage: 2, maintenanceMargin }));
    // At 6.6 the equity is 320 of a value of 1320, a share of 0.2424...
    expect(margin(0.24)).toEqual([[1, 200, 10, 'entry']]);
    expect(margin(0.25)).toEqual([
      [1, 200, 10, 'entry'],
      [3, -200, 6, 'margin'],
      [4, 57, 7, 'entry'],
    ]);
  });

  it('calls a short too, and what it decides at that close is dropped', () => {
    const signals = signalsOf(4, { enterShort: [0], enterLong: [1] });
    const run = simulate(
      flatBars([10, 10, 16, 16]),
      { ...signals, enterLong: Uint8Array.of(0, 0, 1, 0) },
      {
        maintenanceMargin: 0.3,
      },
    );
    expect(fillsOf(run)).toEqual([
      [1, -100, 10, 'entry'],
      [3, 100, 16, 'margin'],
    ]);
  });
});

describe('leverage', () => {
  it.each([
    [{ leverage: 0.5 }, 'expected a leverage of 1 to 100, was 0.5'],
    [
      { leverage: 4, maintenanceMargin: 0.25 },
      'expected a maintenance margin of 0 or more and below 1 / leverage (0.25), was 0.25',
    ],
  ])('refuses %o', (settings, message) => {
    const request = {
      strategy: 'strategy "T"\nenter long when close > 0',
      parameters: {},
      instruments: [{ symbol: 'A', bars: flatBars([1, 1]) }],
      initialCash: 1,
      costs: NO_COSTS,
      direction: 'LONG_ONLY',
      lotSize: 0,
      endRule: 'KEEP_OPEN',
      periodsPerYear: 252,
      riskFreeRate: 0,
      seed: 0,
    } as const;
    expect(() => compiledFor({ ...request, ...settings })).toThrow(
      new ComputeError('INVALID_PARAMETER', message),
    );
  });
});
