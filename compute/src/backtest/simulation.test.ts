import fc from 'fast-check';
import { expect, it } from 'vitest';
import { flatBars } from '../../../tools/testing/bars.ts';
import { sharedBars } from '../../../tools/testing/shared-bars.ts';
import { describeOnEveryBackend } from '../../../tools/testing/every-backend.ts';
import { always, fillsOf, NO_COSTS, ohlc, signalsOf, waiting } from '../../../tools/testing/simulations.ts';
import { itWithShared, sharedRows, sharedText } from '../../../tools/testing/services.ts';
import type { StrategySignals } from '../ir/signals.ts';
import type { BacktestRequest } from '../service/contract.ts';
import { libraryStrategies } from '../strategy/library.ts';

describeOnEveryBackend('Simulation', ({ simulate }) => {
  it('fills at the next open with whole lots', () => {
    const bars = ohlc([
      [9, 9, 9, 9],
      [30, 35, 29, 31],
      [40, 40, 40, 40],
    ]);
    const run = simulate(bars, signalsOf(3, { enterLong: [0], exitLong: [1] }));
    expect(fillsOf(run)).toEqual([
      [1, 33, 30, 'entry'],
      [2, -33, 40, 'exit'],
    ]);
    expect([...run.equity]).toEqual([1000, 10 + 33 * 31, 10 + 33 * 40]);
  });

  it('reverses at one open: closes, then opens with what is left', () => {
    const run = simulate(flatBars([10, 10, 20, 20]), signalsOf(4, { enterLong: [0], enterShort: [1] }));
    expect(fillsOf(run)).toEqual([
      [1, 100, 10, 'entry'],
      [2, -100, 20, 'reverse'],
      [2, -100, 20, 'entry'],
    ]);
  });

  it.each([
    [
      'LONG_ONLY',
      [
        [1, 100, 10, 'entry'],
        [2, -100, 20, 'exit'],
      ],
    ],
    ['SHORT_ONLY', [[2, -50, 20, 'entry']]],
  ] as const)('takes only the side that %s allows', (direction, expected) => {
    const signals = signalsOf(4, { enterLong: [0], exitLong: [1], enterShort: [1] });
    expect(fillsOf(simulate(flatBars([10, 10, 20, 20]), signals, { direction }))).toEqual(expected);
  });

  it('leaves at the stop, and at the open where the bar opens beyond it', () => {
    const inside = ohlc([
      [10, 10, 10, 10],
      [10, 11, 7, 9],
      [9, 9, 9, 9],
    ]);
    const gap = ohlc([
      [10, 10, 10, 10],
      [10, 11, 9, 9],
      [6, 7, 5, 6],
    ]);
    const signals = signalsOf(3, { enterLong: [0] }, { stopDistance: always(3, 2) });
    expect(fillsOf(simulate(inside, signals))[1]).toEqual([1, -100, 8, 'stop']);
    expect(fillsOf(simulate(gap, signals))[1]).toEqual([2, -100, 6, 'stop']);
  });

  it('tells the stop that an entry sets, the fixed or the nearer trailing one', () => {
    const bars = flatBars([10, 10, 10]);
    const stopOf = (exits: Parameters<typeof signalsOf>[2]) =>
      simulate(bars, signalsOf(3, { enterLong: [0] }, exits)).fills.map(({ stop }) => stop)[0];
    expect(stopOf({ stopDistance: always(3, 2) })).toBe(8);
    expect(stopOf({ trailDistance: always(3, 1) })).toBe(9);
    expect(stopOf({ stopDistance: always(3, 2), trailDistance: always(3, 1) })).toBe(9);
    expect(stopOf({ stopDistance: always(3, 2), trailDistance: always(3, 3) })).toBe(8);
    expect(stopOf({})).toBeNaN();
  });

  it('takes the stop where one bar reaches stop and target', () => {
    const bars = ohlc([
      [10, 10, 10, 10],
      [10, 13, 7, 12],
      [12, 12, 12, 12],
    ]);
    const both = { stopDistance: always(3, 2), targetDistance: always(3, 2) };
    expect(fillsOf(simulate(bars, signalsOf(3, { enterLong: [0] }, both)))[1]).toEqual([1, -100, 8, 'stop']);
    const target = { targetDistance: always(3, 2) };
    expect(fillsOf(simulate(bars, signalsOf(3, { enterLong: [0] }, target)))[1]).toEqual([
      1,
      -100,
      12,
      'target',
    ]);
  });

  it('protects a short the other way round', () => {
    const bars = ohlc([
      [10, 10, 10, 10],
      [10, 13, 7, 12],
      [12, 12, 12, 12],
    ]);
    const stop = signalsOf(3, { enterShort: [0] }, { stopDistance: always(3, 2) });
    expect(fillsOf(simulate(bars, stop))[1]).toEqual([1, 100, 12, 'stop']);
    const target = signalsOf(3, { enterShort: [0] }, { targetDistance: always(3, 2) });
    expect(fillsOf(simulate(bars, target))[1]).toEqual([1, 100, 8, 'target']);
  });

  it('trails the best price of finished bars', () => {
    const bars = ohlc([
      [10, 10, 10, 10],
      [10, 15, 10, 14],
      [14, 14, 12.5, 13],
      [13, 13, 13, 13],
    ]);
    const run = simulate(bars, signalsOf(4, { enterLong: [0] }, { trailDistance: always(4, 2) }));
    expect(fillsOf(run)[1]).toEqual([2, -100, 13, 'trail']);
  });

  it('keeps every distance of the bar that decided the entry', () => {
    const bars = ohlc([
      [10, 10, 10, 10],
      [10, 15, 10, 14],
      [14, 14, 12.5, 13],
      [13, 13, 13, 13],
    ]);
    const trailDistance = Float64Array.of(2, 9, 9, 9);
    const run = simulate(bars, signalsOf(4, { enterLong: [0] }, { trailDistance }));
    expect(fillsOf(run)[1]).toEqual([2, -100, 13, 'trail']);
  });

  it('takes no entry beside the opposite one, nor beside its own exit', () => {
    const at = { enterLong: [0, 1], enterShort: [0], exitLong: [1] };
    expect(fillsOf(simulate(flatBars([10, 10, 10]), signalsOf(3, at)))).toEqual([]);
  });

  it('adds nothing to a position on a repeated entry', () => {
    const run = simulate(flatBars([10, 10, 10, 10]), signalsOf(4, { enterLong: [0, 1, 2] }));
    expect(fillsOf(run)).toEqual([[1, 100, 10, 'entry']]);
  });

  it('worsens market and stop fills by the slippage, but not the limit of a target', () => {
    const costs = { ...NO_COSTS, slippageBps: 100 };
    const bars = ohlc([
      [10, 10, 10, 10],
      [10, 13, 7, 12],
    ]);
    const size = { kind: 'units', value: always(2, 10) } as const;
    const stop = signalsOf(2, { enterLong: [0] }, { stopDistance: always(2, 2), size });
    const target = signalsOf(2, { enterLong: [0] }, { targetDistance: always(2, 2), size });
    const [entry, byStop] = fillsOf(simulate(bars, stop, { costs }));
    expect(entry).toEqual([1, 10, 10.1, 'entry']);
    expect(byStop).toEqual([1, -10, 8.1 * 0.99, 'stop']);
    expect(fillsOf(simulate(bars, target, { costs }))[1]).toEqual([1, -10, 12.1, 'target']);
  });

  it('charges the sum of the commissions, at least the minimum, on each side', () => {
    const costs = { ...NO_COSTS, commissionPerTrade: 1, commissionPerShare: 0.02, commissionBps: 50 };
    const size = { kind: 'units', value: always(3, 10) } as const;
    const signals = signalsOf(3, { enterLong: [0], exitLong: [1] }, { size });
    const feesAt = (commissionMinimum: number) =>
      simulate(flatBars([10, 10, 20]), signals, { costs: { ...costs, commissionMinimum } }).fills.map(
        ({ fee }) => fee,
      );
    expect(feesAt(0)).toEqual([1 + 0.2 + 0.5, 1 + 0.2 + 1]);
    expect(feesAt(2)).toEqual([2, 2.2]);
  });

  it('moves the stop to the entry once the break-even distance is reached', () => {
    const bars = ohlc([
      [10, 10, 10, 10],
      [10, 13, 9, 12],
      [12, 12, 9, 9.5],
      [9, 9, 9, 9],
    ]);
    const leaves = (distance: number) =>
      fillsOf(
        simulate(bars, signalsOf(4, { enterLong: [0] }, { breakEvenDistance: always(4, distance) })),
      )[1];
    expect(leaves(3)).toEqual([2, -100, 10, 'stop']);
    expect(leaves(3.01)).toBeUndefined();
  });

  it.each([
    ['nextOpen', 1, 2],
    ['nextOpen', 2, 3],
    ['nextOpen', 3, 4],
    ['close', 1, 1],
    ['close', 2, 2],
    ['close', 3, 3],
  ] as const)('fills at %s and leaves %d bars after the entry, on bar %d', (fillAt, maximumBarsHeld, bar) => {
    for (const at of [{ enterLong: [0] }, { enterShort: [0] }]) {
      const signals = signalsOf(5, at, { fillAt, maximumBarsHeld });
      const [entry, exit] = fillsOf(simulate(flatBars([10, 10, 10, 10, 10]), signals));
      expect([entry[0], exit[0], exit[3]]).toEqual([bar - maximumBarsHeld, bar, 'time']);
    }
  });

  it('fills at the close where the strategy asks for it', () => {
    const bars = ohlc([
      [10, 10, 10, 10],
      [11, 11, 11, 12],
    ]);
    const run = simulate(bars, signalsOf(2, { enterLong: [0], exitLong: [1] }, { fillAt: 'close' }));
    expect(fillsOf(run)).toEqual([
      [0, 100, 10, 'entry'],
      [1, -100, 12, 'exit'],
    ]);
  });

  it('tells which fills are at the close of their bar', () => {
    const bars = ohlc([
      [10, 10, 10, 10],
      [10, 12, 8, 11],
      [11, 11, 11, 11],
      [11, 11, 11, 11],
    ]);
    const toldOf = (run: ReturnType<typeof simulate>) =>
      run.fills.map(({ bar, reason, isAtClose }) => [bar, reason, isAtClose]);
    const atClose = { fillAt: 'close', stopDistance: always(4, 1) } as const;
    expect(toldOf(simulate(bars, signalsOf(4, { enterLong: [0, 2], exitLong: [3] }, atClose)))).toEqual([
      [0, 'entry', true],
      [1, 'stop', false],
      [2, 'entry', true],
      [3, 'exit', true],
    ]);
    const endsOf = (endRule: 'CLOSE_AT_LAST_OPEN' | 'CLOSE_AT_LAST_CLOSE') =>
      toldOf(simulate(bars, signalsOf(4, { enterLong: [0] }), { endRule }));
    expect(endsOf('CLOSE_AT_LAST_OPEN')).toEqual([
      [1, 'entry', false],
      [3, 'end', false],
    ]);
    expect(endsOf('CLOSE_AT_LAST_CLOSE')[1]).toEqual([3, 'end', true]);
    const ruined = simulate(flatBars([10, 10, 25]), signalsOf(3, { enterShort: [0] }));
    expect(toldOf(ruined)[1]).toEqual([2, 'ruin', true]);
    const waits = waiting(4, 1, [0], { limit: always(4, 9) }, { fillAt: 'close' });
    expect(toldOf(simulate(bars, waits))).toEqual([[1, 'entry', false]]);
  });

  it.each([
    ['KEEP_OPEN', 1, undefined],
    ['CLOSE_AT_LAST_OPEN', 2, [2, -100, 11, 'end']],
    ['CLOSE_AT_LAST_CLOSE', 2, [2, -100, 12, 'end']],
  ] as const)('ends the data by %s', (endRule, count, last) => {
    const bars = ohlc([
      [10, 10, 10, 10],
      [10, 10, 10, 10],
      [11, 12, 11, 12],
    ]);
    const fills = fillsOf(simulate(bars, signalsOf(3, { enterLong: [0] }), { endRule }));
    expect([fills.length, fills[1]]).toEqual([count, last]);
  });

  it.each([
    ['KEEP_OPEN', 'LONG_AND_SHORT', [[2, 100, 12, 'entry']]],
    ['CLOSE_AT_LAST_OPEN', 'LONG_AND_SHORT', []],
    ['CLOSE_AT_LAST_CLOSE', 'LONG_AND_SHORT', []],
    ['CLOSE_AT_LAST_OPEN', 'LONG_ONLY', []],
    ['CLOSE_AT_LAST_CLOSE', 'LONG_ONLY', []],
  ] as const)('opens at the last close only what %s leaves open, %s', (endRule, direction, fills) => {
    const bars = ohlc([
      [10, 10, 10, 10],
      [10, 10, 10, 10],
      [11, 12, 11, 12],
    ]);
    const size = { kind: 'units', value: always(3, 100) } as const;
    // All in with any fraction, long only, goes by events.
    const isAllIn = direction === 'LONG_ONLY';
    const settings = { endRule, direction, initialCash: 2000, lotSize: isAllIn ? 0 : 1 };
    const own: Partial<StrategySignals> = { fillAt: 'close', ...(isAllIn ? {} : { size }) };
    expect(fillsOf(simulate(bars, signalsOf(3, { enterLong: [2] }, own), settings))).toEqual(fills);
    // What is held leaves by its rule, as ever.
    const held = signalsOf(3, { enterLong: [0], exitLong: [2], enterShort: [2] }, own);
    const last = fillsOf(simulate(bars, held, settings)).at(-1)!;
    const reason = { KEEP_OPEN: 'entry', CLOSE_AT_LAST_OPEN: 'end', CLOSE_AT_LAST_CLOSE: 'exit' }[endRule];
    expect([last[0], last[3]]).toEqual([2, reason]);
  });

  it('stops trading when nothing is left', () => {
    const run = simulate(flatBars([10, 10, 25, 10, 10]), signalsOf(5, { enterShort: [0], enterLong: [3] }));
    expect(fillsOf(run)).toEqual([
      [1, -100, 10, 'entry'],
      [2, 100, 25, 'ruin'],
    ]);
    expect(Array.from(run.equity.subarray(2))).toEqual([-500, -500, -500]);
  });

  it.each([
    ['units', 0.3, 1000],
    ['cash', 30, 1000],
    ['percentOfEquity', 0.03, 1000],
    ['percentOfEquity', 1, 30],
    ['riskFraction', 0.003, 1000],
  ] as const)('buys 0.3 in lots of 0.1 by %s of %d', (kind, value, initialCash) => {
    const size = { kind, value: always(3, value) };
    const signals = signalsOf(3, { enterLong: [0], exitLong: [1] }, { size, stopDistance: always(3, 10) });
    const run = simulate(flatBars([100, 100, 110]), signals, { lotSize: 0.1, initialCash });
    expect(fillsOf(run)).toEqual([
      [1, 0.3, 100, 'entry'],
      [2, -0.3, 110, 'exit'],
    ]);
    expect(run.equity[2]).toBe(initialCash + 3);
  });

  it.each([
    [2.5, 9, 7.5],
    [5, 12, 10],
    [1, 2.9999999999999996, 3],
    [0.01, 0.29, 0.29],
    [0.1, 0.29, 0.2],
  ])('buys in lots of %d for %d units %d', (lotSize, units, quantity) => {
    const size = { kind: 'units', value: always(2, units) } as const;
    const run = simulate(flatBars([10, 10]), signalsOf(2, { enterLong: [0] }, { size }), { lotSize });
    expect(fillsOf(run)).toEqual([[1, quantity, 10, 'entry']]);
  });

  it('buys whole lots with all the cash, which may then be short by rounding, and trades on', () => {
    // A lot of 0.1 at 1.1 costs 0.11000000000000001 in doubles.
    const signals = signalsOf(6, { enterLong: [0, 1, 3], exitLong: [2] });
    const bars = flatBars([1.1, 1.1, 1.1, 2.2, 2.2, 2.2]);
    const run = simulate(bars, signals, { lotSize: 0.1, initialCash: 0.11 });
    expect(fillsOf(run)).toEqual([
      [1, 0.1, 1.1, 'entry'],
      [3, -0.1, 2.2, 'exit'],
      [4, 0.1, 2.2, 'entry'],
    ]);
    expect(run.equity[5]).toBeCloseTo(0.22, 15);
  });

  it('sizes by the risk to the stop', () => {
    const signals = signalsOf(
      3,
      { enterLong: [0] },
      {
        stopDistance: always(3, 2),
        size: { kind: 'riskFraction', value: always(3, 0.01) },
      },
    );
    expect(fillsOf(simulate(flatBars([10, 10, 10]), signals))[0]).toEqual([1, 5, 10, 'entry']);
  });

  it('never spends more than it has, and equity is cash plus holdings, whatever comes', () => {
    const price = fc.double({ min: 0.5, max: 500, noNaN: true });
    const costs = fc.record({
      commissionPerTrade: fc.double({ min: 0, max: 20, noNaN: true }),
      commissionPerShare: fc.double({ min: 0, max: 0.1, noNaN: true }),
      commissionBps: fc.double({ min: 0, max: 100, noNaN: true }),
      commissionMinimum: fc.double({ min: 0, max: 20, noNaN: true }),
      slippageBps: fc.double({ min: 0, max: 100, noNaN: true }),
    });
    fc.assert(
      fc.property(
        fc.array(price, { minLength: 3, maxLength: 60 }),
        costs,
        fc.infiniteStream(fc.nat(5)),
        (closes, model, picks) => {
          const at = { enterLong: [] as number[], exitLong: [] as number[] };
          closes.forEach((_, t) => {
            const pick = picks.next().value;
            if (pick === 0) at.enterLong.push(t);
            if (pick === 1) at.exitLong.push(t);
          });
          const run = simulate(flatBars(closes), signalsOf(closes.length, at), { costs: model });
          let [cash, units, next] = [1000, 0, 0];
          closes.forEach((close, t) => {
            while (next < run.fills.length && run.fills[next].bar === t) {
              const fill = run.fills[next];
              cash -= fill.side * fill.quantity * fill.price + fill.fee;
              units += fill.side * fill.quantity;
              expect(fill.reason === 'entry' && cash < -1e-6).toBe(false);
              next += 1;
            }
            expect(run.equity[t]).toBeCloseTo(cash + units * close, 6);
          });
        },
      ),
    );
  });
});

interface Reference {
  readonly params: Record<string, number>;
  readonly broker: {
    readonly cash: number;
    readonly commission?: number;
    readonly finalize_trades?: boolean;
  };
  readonly expected: Record<string, number> & { readonly 'Max. Drawdown Duration': { days: number } };
}

describeOnEveryBackend('agreement with backtesting.py', ({ backtest }) => {
  itWithShared.each(['goog_sma10_20_commission', 'goog_sma10_20_commission_nofinal', 'goog_sma10_30'])(
    '%s: the same trades, equity and statistics',
    (name) => {
      const reference: Reference = JSON.parse(sharedText(`reference/backtesting_py/${name}.json`));
      const bars = sharedBars('data/backtesting_py/GOOG.csv');
      const request: BacktestRequest = {
        strategy: libraryStrategies().find(({ id }) => id === 'sma-cross')!.source,
        parameters: reference.params,
        instruments: [{ symbol: 'GOOG', bars }],
        initialCash: reference.broker.cash,
        costs: { ...NO_COSTS, commissionBps: (reference.broker.commission ?? 0) * 10_000 },
        direction: 'LONG_AND_SHORT',
        lotSize: 1,
        // backtesting.py finalises by an order that fills at the last open.
        endRule: reference.broker.finalize_trades ? 'CLOSE_AT_LAST_OPEN' : 'KEEP_OPEN',
        periodsPerYear: 252,
        riskFreeRate: 0,
        seed: 0,
      };
      const result = backtest(request);
      const rows = sharedRows(`reference/backtesting_py/${name}.trades.csv`);
      const { trades } = result;
      // backtesting.py lists closed trades only.
      const closed = [...trades.exitIndex].filter((exit) => exit >= 0).length;
      expect(closed).toBe(rows.length);
      expect(closed).toBe(reference.expected['# Trades']);
      rows.forEach(([size, entryBar, exitBar, entryPrice, exitPrice, , , pnl], i) => {
        expect(trades.direction[i] * trades.quantity[i]).toBe(Number(size));
        expect([trades.entryIndex[i], trades.exitIndex[i]]).toEqual([Number(entryBar), Number(exitBar)]);
        expect([trades.entryPrice[i], trades.exitPrice[i]]).toEqual([Number(entryPrice), Number(exitPrice)]);
        expect(trades.profit[i]).toBeCloseTo(Number(pnl), 4);
      });
      sharedRows(`reference/backtesting_py/${name}.equity.csv.gz`).forEach(([, equity], t) => {
        expect(Math.abs(result.equity[t] / Number(equity) - 1)).toBeLessThan(1e-8);
      });
      const { expected } = reference;
      const percent = (statistic: string) => (result.statistics[statistic].value ?? NaN) * 100;
      // Its return is on the starting cash, ours on the first equity: the same where nothing trades on bar 0.
      expect(percent('totalReturn')).toBeCloseTo(expected['Return [%]'], 6);
      expect(percent('maxDrawdown')).toBeCloseTo(-expected['Max. Drawdown [%]'], 6);
      if (closed === trades.direction.length) {
        expect(percent('winRate')).toBeCloseTo(expected['Win Rate [%]'], 6);
        expect(result.statistics.totalFees.value).toBeCloseTo(expected['Commissions [$]'] ?? 0, 4);
        expect(result.statistics.systemQuality.value).toBeCloseTo(expected.SQN, 8);
        expect(result.statistics.kelly.value).toBeCloseTo(expected['Kelly Criterion'], 8);
        expect(percent('cagr')).toBeCloseTo(expected['CAGR [%]'], 8);
        expect(percent('averageDrawdown')).toBeCloseTo(-expected['Avg. Drawdown [%]'], 8);
        expect(result.statistics.maxDrawdownDuration.value).toBe(expected['Max. Drawdown Duration'].days);
        // Its "Avg. Trade" is a geometric mean; its "Expectancy" is the arithmetic one, as ours.
        expect(percent('bestTrade')).toBeCloseTo(expected['Best Trade [%]'], 8);
        expect(percent('worstTrade')).toBeCloseTo(expected['Worst Trade [%]'], 8);
        expect(percent('averageTrade')).toBeCloseTo(expected['Expectancy [%]'], 8);
        // Its exposure counts the bar of the last exit too, ours what is held at the close.
        expect(percent('exposure')).toBeCloseTo(expected['Exposure Time [%]'] - 100 / bars.close.length, 8);
      }
    },
  );
});
