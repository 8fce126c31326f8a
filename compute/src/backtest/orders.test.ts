import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flatBars } from '../../../tools/testing/bars.ts';
import { describeOnEveryBackend } from '../../../tools/testing/every-backend.ts';
import {
  always,
  fillsOf,
  NO_COSTS,
  ohlc,
  signalsOf,
  tenUnits,
  waiting,
} from '../../../tools/testing/simulations.ts';
import { evaluateSignals } from '../backends/reference/evaluate.ts';
import type { StrategySignals } from '../ir/signals.ts';
import type { BarColumns } from '../service/contract.ts';
import { compileStrategy } from '../strategy/compile.ts';
import { type WaitingOrder, workOrder } from './orders.ts';

const order = (side: number, prices: { limit?: number; stop?: number }): WaitingOrder => ({
  side,
  decided: 0,
  lastBar: 1,
  limit: NaN,
  stop: NaN,
  rule: '',
  ...prices,
});
describe('workOrder', () => {
  it.each([
    [
      'a limit above the open buys at the open',
      1,
      { limit: 11 },
      { price: 10, isAtOpen: true, slips: false },
    ],
    [
      'a limit inside the bar buys at the limit',
      1,
      { limit: 9 },
      { price: 9, isAtOpen: false, slips: false },
    ],
    ['a limit that is touched buys', 1, { limit: 8 }, { price: 8, isAtOpen: false, slips: false }],
    ['a limit below the bar waits', 1, { limit: 7.99 }, { price: NaN, isAtOpen: false, slips: false }],
    ['a stop below the open buys at the open', 1, { stop: 9 }, { price: 10, isAtOpen: true, slips: true }],
    ['a stop inside the bar buys at the stop', 1, { stop: 11 }, { price: 11, isAtOpen: false, slips: true }],
    ['a stop above the bar waits', 1, { stop: 12.01 }, { price: NaN, isAtOpen: false, slips: false }],
    [
      'a limit below the open sells at the open',
      -1,
      { limit: 9 },
      { price: 10, isAtOpen: true, slips: false },
    ],
    [
      'a limit inside the bar sells at the limit',
      -1,
      { limit: 11 },
      { price: 11, isAtOpen: false, slips: false },
    ],
    ['a stop inside the bar sells at the stop', -1, { stop: 9 }, { price: 9, isAtOpen: false, slips: true }],
    ['a stop inside its limit', 1, { stop: 11, limit: 11.5 }, { price: 11, isAtOpen: false, slips: false }],
    [
      'a stop that gaps inside its limit',
      1,
      { stop: 9, limit: 10 },
      { price: 10, isAtOpen: true, slips: false },
    ],
    [
      'a stop that gaps beyond its limit, and back',
      1,
      { stop: 9, limit: 9.5 },
      { price: 9.5, isAtOpen: false, slips: false },
    ],
  ])('%s', (_name, side, prices, outcome) => {
    expect(workOrder(order(side, prices), 10, 12, 8)).toMatchObject(outcome);
  });

  it('leaves a limit order where a stop is reached beyond its limit inside the bar', () => {
    const reached = workOrder(order(1, { stop: 11, limit: 9 }), 10, 12, 8);
    expect([reached.price, reached.order.stop, reached.order.limit]).toEqual([NaN, NaN, 9]);
    expect(workOrder(reached.order, 10, 10, 9).price).toBe(9);
  });

  it('never fills outside the bar, nor beyond its limit or before its stop', () => {
    const price = fc.double({ min: 1, max: 100, noNaN: true });
    fc.assert(
      fc.property(
        fc.constantFrom(-1, 1),
        fc.array(price, { minLength: 3, maxLength: 3 }),
        fc.option(price, { nil: NaN }),
        fc.option(price, { nil: NaN }),
        (side, prices, limit, stop) => {
          const [low, open, high] = prices.toSorted((a, b) => a - b);
          const fill = workOrder(order(side, { limit, stop }), open, high, low).price;
          if (Number.isNaN(fill)) return;
          expect(fill >= low && fill <= high).toBe(true);
          expect(side * (limit - fill) < 0).toBe(false);
          // A stop that a gap has passed may come back to its limit.
          expect(Number.isNaN(limit) && side * (fill - stop) < 0).toBe(false);
        },
      ),
    );
  });
});

describeOnEveryBackend('waiting orders', ({ simulate }) => {
  const bars = ohlc([
    [10, 10, 10, 10],
    [10, 11, 9.5, 10],
    [10, 11, 8, 10],
    [10, 10, 10, 10],
  ]);

  it.each([
    [1, []],
    [2, [[2, 10, 9, 'entry']]],
  ])('are good for %d bars', (goodForBars, fills) => {
    const signals = waiting(4, 1, [0], { limit: always(4, 9), goodForBars });
    expect(fillsOf(simulate(bars, signals))).toEqual(fills);
  });

  it('read their prices on the bar that decides', () => {
    const limit = Float64Array.of(9, 1, 1, 1);
    expect(fillsOf(simulate(bars, waiting(4, 1, [0], { limit, goodForBars: 3 })))[0][2]).toBe(9);
    const missing = Float64Array.of(NaN, 9, 9, 9);
    expect(fillsOf(simulate(bars, waiting(4, 1, [0], { limit: missing, goodForBars: 3 })))).toEqual([]);
  });

  it('are worsened as a market order only where they have no limit', () => {
    const costs = { ...NO_COSTS, slippageBps: 100 };
    const stop = always(4, 10.5);
    expect(fillsOf(simulate(bars, waiting(4, 1, [0], { stop }), { costs }))[0][2]).toBe(10.5 * 1.01);
    const limited = waiting(4, 1, [0], { stop, limit: always(4, 10.6) });
    expect(fillsOf(simulate(bars, limited, { costs }))[0][2]).toBe(10.5);
  });

  it('are withdrawn by an exit of their side, and replaced by a newer entry', () => {
    const signals = waiting(4, 1, [0], { limit: always(4, 9), goodForBars: 3 });
    expect(fillsOf(simulate(bars, { ...signals, exitLong: Uint8Array.of(0, 1, 0, 0) }))).toEqual([]);
    const newer = waiting(4, 1, [0, 1], { limit: Float64Array.of(9, 8.5, 8, 8), goodForBars: 3 });
    expect(fillsOf(simulate(bars, newer))).toEqual([[2, 10, 8.5, 'entry']]);
  });

  it('stay where a newer entry has no price', () => {
    const missing = waiting(4, 1, [0, 1], { limit: Float64Array.of(9, NaN, 8, 8), goodForBars: 3 });
    expect(fillsOf(simulate(bars, missing))).toEqual([[2, 10, 9, 'entry']]);
  });

  it('count as stopped in the bar they fill inside of, but take no target in it', () => {
    const levels = { stopDistance: always(4, 1), targetDistance: always(4, 1) };
    const wide = waiting(4, 1, [0], { limit: always(4, 9), goodForBars: 3 }, levels);
    expect(fillsOf(simulate(bars, wide))).toEqual([
      [2, 10, 9, 'entry'],
      [2, -10, 8, 'stop'],
    ]);
    const target = waiting(
      4,
      1,
      [0],
      { limit: always(4, 9), goodForBars: 3 },
      { targetDistance: always(4, 1) },
    );
    expect(fillsOf(simulate(bars, target))).toEqual([
      [2, 10, 9, 'entry'],
      [3, -10, 10, 'target'],
    ]);
  });

  it('reverse what is held where they fill, and not before', () => {
    const signals = waiting(4, -1, [1], { stop: always(4, 9) });
    const both = { ...signals, enterLong: Uint8Array.of(1, 0, 0, 0) };
    const long = { ...signals.entries[0], side: 1, decides: both.enterLong, stop: null, lastBars: null };
    expect(fillsOf(simulate(bars, { ...both, entries: [long, ...signals.entries] }))).toEqual([
      [1, 10, 10, 'entry'],
      [2, -10, 9, 'reverse'],
      [2, -10, 9, 'entry'],
    ]);
  });

  it('reverse before a target that is farther, after one that is nearer, and always after a stop', () => {
    const wide = ohlc([
      [10, 10, 10, 10],
      [10, 10, 10, 10],
      [10, 14, 6, 10],
    ]);
    const run = (limit: number, levels: Partial<StrategySignals>) => {
      const short = waiting(3, -1, [1], { limit: always(3, limit) }, levels);
      const enterLong = Uint8Array.of(1, 0, 0);
      const long = { ...short.entries[0], side: 1, decides: enterLong, limit: null, lastBars: null };
      return fillsOf(simulate(wide, { ...short, enterLong, entries: [long, ...short.entries] })).slice(1);
    };
    const target = { targetDistance: always(3, 2) };
    expect(run(11, target)).toEqual([
      [2, -10, 11, 'reverse'],
      [2, -10, 11, 'entry'],
    ]);
    expect(run(13, target)).toEqual([
      [2, -10, 12, 'target'],
      [2, -10, 13, 'entry'],
    ]);
    expect(run(11, { stopDistance: Float64Array.of(3, NaN, NaN) })).toEqual([
      [2, -10, 7, 'stop'],
      [2, -10, 11, 'entry'],
    ]);
  });

  it('are stopped in the bar in which they reverse, but take no target in it', () => {
    const wide = ohlc([
      [10, 10, 10, 10],
      [10, 10, 10, 10],
      [10, 14, 6, 10],
      [10, 10, 10, 10],
    ]);
    const run = (levels: Partial<StrategySignals>) => {
      const short = waiting(4, -1, [1], { limit: always(4, 11) }, levels);
      const enterLong = Uint8Array.of(1, 0, 0, 0);
      const long = { ...short.entries[0], side: 1, decides: enterLong, limit: null, lastBars: null };
      return fillsOf(simulate(wide, { ...short, enterLong, entries: [long, ...short.entries] })).slice(3);
    };
    expect(run({ stopDistance: Float64Array.of(NaN, 2, NaN, NaN) })).toEqual([[2, 10, 13, 'stop']]);
    expect(run({ targetDistance: Float64Array.of(NaN, 0.5, NaN, NaN) })).toEqual([[3, 10, 10, 'target']]);
  });

  it('end with a margin call and with the data', () => {
    const signals = waiting(4, 1, [1], { limit: always(4, 9), goodForBars: 3 });
    const late = ohlc([
      [10, 10, 10, 10],
      [10, 10, 10, 10],
      [10, 10, 10, 10],
      [10, 10, 8, 10],
    ]);
    expect(fillsOf(simulate(late, signals))).toEqual([[3, 10, 9, 'entry']]);
    expect(fillsOf(simulate(late, signals, { endRule: 'CLOSE_AT_LAST_OPEN' }))).toEqual([]);
  });
});

describeOnEveryBackend('pyramiding', ({ simulate }) => {
  it('adds up to the limit, and levels count from the average entry', () => {
    const bars = ohlc([
      [10, 10, 10, 10],
      [10, 10, 10, 10],
      [13, 13, 13, 13],
      [16, 16, 11, 16],
      [16, 16, 9, 16],
    ]);
    const rest = { size: tenUnits(5), entriesMaximum: 2, stopDistance: Float64Array.of(1, 2, 1, 1, 1) };
    const run = simulate(bars, signalsOf(5, { enterLong: [0, 1, 2] }, rest));
    expect(fillsOf(run)).toEqual([
      [1, 10, 10, 'entry'],
      [2, 10, 13, 'add'],
      [4, -20, 9.5, 'stop'],
    ]);
  });

  it('sizes an added entry by the equity, within what is left of the cash', () => {
    const half = { kind: 'percentOfEquity', value: always(4, 0.6) } as const;
    const run = simulate(
      flatBars([10, 10, 10, 10]),
      signalsOf(4, { enterLong: [0, 1, 2] }, { size: half, entriesMaximum: 3 }),
    );
    expect(fillsOf(run)).toEqual([
      [1, 60, 10, 'entry'],
      [2, 40, 10, 'add'],
    ]);
  });

  it('holds and leaves whole lots that it added', () => {
    const value = Float64Array.of(0.1, 0.2, 0, 0);
    const signals = signalsOf(
      4,
      { enterLong: [0, 1], exitLong: [2] },
      { size: { kind: 'units', value }, entriesMaximum: 2 },
    );
    const run = simulate(flatBars([10, 10, 10, 10]), signals, { lotSize: 0.1 });
    expect(fillsOf(run).map(([, quantity]) => quantity)).toEqual([0.1, 0.2, -0.3]);
    expect([...run.position]).toEqual([0, 0.1, 0.3, 0]);
  });

  it('never loosens a trailing stop', () => {
    const bars = ohlc([
      [10, 10, 10, 10],
      [10, 20, 10, 15],
      [12.5, 13, 12.25, 13],
      [13, 13, 12, 12],
    ]);
    const rest = { size: tenUnits(4), entriesMaximum: 2, trailDistance: Float64Array.of(8, 1, 1, 1) };
    const fills = [
      [1, 10, 10, 'entry'],
      [2, 10, 12.5, 'add'],
      [3, -20, 12, 'trail'],
    ];
    expect(fillsOf(simulate(bars, signalsOf(4, { enterLong: [0, 1] }, rest)))).toEqual(fills);
    // Nor loses it where the added entry has no distance.
    const missing = { ...rest, trailDistance: Float64Array.of(8, NaN, NaN, NaN) };
    expect(fillsOf(simulate(bars, signalsOf(4, { enterLong: [0, 1] }, missing)))).toEqual(fills);
  });

  it('adds nothing of what rounding has left', () => {
    const bars = flatBars([21.75, 21.75, 22.5, 22.5]);
    const run = simulate(bars, signalsOf(4, { enterLong: [0, 1] }, { entriesMaximum: 2 }), { lotSize: 0 });
    // 1000 / 21.75 units cost 999.9999999999998.
    expect(run.fills.map(({ reason }) => reason)).toEqual(['entry']);
  });
});

describeOnEveryBackend('rules of the language', ({ simulate }) => {
  function run(text: string, bars: BarColumns) {
    const result = compileStrategy(`strategy "T"\n${text}\nsize units(10)`);
    if (!result.ok) throw new Error(result.diagnostics[0].message);
    return fillsOf(simulate(bars, evaluateSignals(result.strategy, {}, [{ symbol: 'A', bars }])));
  }
  const bars = ohlc([
    [10, 10, 10, 10],
    [10, 12, 8, 11],
    [11, 11, 11, 11],
    [12, 12, 12, 12],
  ]);

  it('name their fills, the first of a side that decides', () => {
    const text = `enter long "never" when close < 0
enter long "cheap" when close == 10
enter long "also" when close == 10
exit long "weak" when close < 0
exit long "dear" when close == 11`;
    expect(run(text, bars)).toEqual([
      [1, 10, 10, 'entry: cheap'],
      [2, -10, 11, 'exit: dear'],
    ]);
  });

  it.each([
    ['at limit close - 1', [1, 10, 9, 'entry']],
    ['at stop close + 1', [1, 10, 11, 'entry']],
    ['at stop close + 1 limit close', undefined],
    ['at stop close + 1 limit close good for 2 bars', undefined],
    ['at limit close - 3 good for 1 bar', undefined],
  ])('place the order %s', (order, fill) => {
    expect(run(`enter long when close == 10 ${order}`, bars)[0]).toEqual(fill);
  });

  const wide = ohlc([
    [10, 10, 10, 10],
    [10, 11, 9, 10],
    [10, 13, 7, 10],
    [10, 10, 10, 10],
  ]);
  const exits = (lines: string, own = wide) => run(`enter long when close == 10\n${lines}`, own).slice(1, 2);

  it.each([
    ['at a limit', 'exit long "out" when close > 0 at limit 12', [2, -10, 12, 'exit: out']],
    ['at a stop', 'exit long "out" when close > 0 at stop 8', [2, -10, 8, 'exit: out']],
    ['at a limit of the first bar', 'exit long when close > 0 at limit 11', [1, -10, 11, 'exit']],
    [
      'at the stop where a bar reaches both',
      'exit long "up" when close > 0 at limit 12\nexit long "down" when close > 0 at stop 8',
      [2, -10, 8, 'exit: down'],
    ],
    [
      'at the nearer of two stops',
      'exit long "far" when close > 0 at stop 7.5\nexit long "near" when close > 0 at stop 8.5',
      [2, -10, 8.5, 'exit: near'],
    ],
    [
      'at the nearer of a stop order and a protective stop',
      'exit long "down" when close > 0 at stop 8\nstop 1.5',
      [2, -10, 8.5, 'stop'],
    ],
    [
      'at the nearer of a limit and a target',
      'exit long "up" when close > 0 at limit 12\ntarget 2.5',
      [2, -10, 12, 'exit: up'],
    ],
    [
      'at the target where that is nearer',
      'exit long "up" when close > 0 at limit 12\ntarget 1.5',
      [2, -10, 11.5, 'target'],
    ],
    [
      'not beyond the limit of a stop',
      'exit long when close > 0 at stop 8 limit 8.5 good for 1 bar',
      undefined,
    ],
  ])('leave %s', (_name, lines, fill) => {
    expect(exits(lines)[0]).toEqual(fill);
  });

  it('leave at the open that has passed the price, and worsen stops alone', () => {
    const gap = (open: number) =>
      ohlc([
        [10, 10, 10, 10],
        [10, 10, 10, 10],
        [open, Math.max(open, 10), Math.min(open, 10), 10],
        [10, 10, 10, 10],
      ]);
    expect(exits('exit long when close > 0 at limit 12', gap(14))).toEqual([[2, -10, 14, 'exit']]);
    expect(exits('exit long when close > 0 at stop 8', gap(6))).toEqual([[2, -10, 6, 'exit']]);
  });

  it('leave by a stop with a limit that a gap has passed as by a limit, so a stop comes first', () => {
    const gapped = ohlc([
      [10, 10, 10, 10],
      [10, 10, 10, 10],
      [8, 9.8, 7, 8],
      [10, 10, 10, 10],
    ]);
    const order = 'exit long "out" when close > 0 at stop 9.5 limit 9';
    expect(exits(order, gapped)).toEqual([[2, -10, 9, 'exit: out']]);
    expect(exits(`${order}\nstop 2.5`, gapped)).toEqual([[2, -10, 7.5, 'stop']]);
  });

  it('leave no position that opened after the order was decided, and a limit holds back no entry', () => {
    const text = `enter long when close == 10 at limit 9
exit long when close == 10 at limit 9.5 good till cancelled`;
    expect(run(text, wide)).toEqual([
      [1, 10, 9, 'entry'],
      [2, -10, 10, 'exit'],
    ]);
  });

  it('add with pyramid, and size by any series', () => {
    expect(run('enter long when close > 0\npyramid 2', bars).slice(0, 3)).toEqual([
      [1, 10, 10, 'entry'],
      [2, 10, 11, 'add'],
    ]);
  });

  it('size by a target of volatility', () => {
    const closes = Array.from({ length: 40 }, (_, t) => (t % 2 === 0 ? 100 : 110));
    const result = compileStrategy(
      'strategy "T"\nenter long when close[25] > 0\nsize volatility_target(20, 10)',
    );
    if (!result.ok) throw new Error(result.diagnostics[0].message);
    const own = flatBars(closes);
    const signals = evaluateSignals(result.strategy, {}, [{ symbol: 'A', bars: own }]);
    const [{ quantity, price }] = simulate(own, signals, { lotSize: 0, periodsPerYear: 100 }).fills;
    // Ten log returns of +-log(1.1) have the sample deviation log(1.1) x sqrt(10 / 9).
    expect(quantity * price).toBeCloseTo((1000 * 0.2) / (10 * Math.log(1.1) * Math.sqrt(10 / 9)), 8);
  });
});
