import { expect, it } from 'vitest';
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
import type { RuleSignals, StrategySignals } from '../ir/signals.ts';
import { compileStrategy } from '../strategy/compile.ts';

describeOnEveryBackend('waiting orders that an open has passed', ({ simulate }) => {
  /** Long 10 units at 10 from bar 1 on; an order to sell, decided at its close, meets bar 2. */
  const meeting = (
    bar: [number, number, number, number],
    order: Partial<RuleSignals>,
    levels: Partial<StrategySignals>,
    costs = NO_COSTS,
  ) => {
    const calm: [number, number, number, number] = [10, 10, 10, 10];
    const short = waiting(4, -1, [1], order, levels);
    const enterLong = Uint8Array.of(1, 0, 0, 0);
    const long = {
      ...short.entries[0],
      side: 1,
      decides: enterLong,
      limit: null,
      stop: null,
      lastBars: null,
    };
    const signals = { ...short, enterLong, entries: [long, ...short.entries] };
    return fillsOf(simulate(ohlc([calm, calm, bar, calm]), signals, { costs })).slice(1);
  };

  it('reverse at the open before a stop or a target that the bar reaches later', () => {
    const reversed = [
      [2, -10, 9, 'reverse'],
      [2, -10, 9, 'entry'],
    ];
    const stop = { stopDistance: Float64Array.of(2, NaN, NaN, NaN) };
    expect(meeting([9, 9.5, 7, 9], { stop: always(4, 9.5) }, stop)).toEqual(reversed);
    expect(meeting([9, 9.5, 7, 9], { limit: always(4, 8.5) }, stop)).toEqual(reversed);
    const target = { targetDistance: Float64Array.of(1, NaN, NaN, NaN) };
    expect(meeting([9, 12, 9, 9], { stop: always(4, 9.5) }, target)).toEqual(reversed);
  });

  it('are protected in all of the bar at whose open they reverse', () => {
    const order = { stop: always(4, 9.5) };
    const stop = { stopDistance: Float64Array.of(2, 0.5, NaN, NaN) };
    expect(meeting([9, 9.5, 7, 9], order, stop).slice(2)).toEqual([[2, 10, 9.5, 'stop']]);
    const target = { targetDistance: Float64Array.of(NaN, 1, NaN, NaN) };
    expect(meeting([9, 9.5, 7, 9], order, target).slice(2)).toEqual([[2, 10, 8, 'target']]);
  });

  it('open at an open that has passed a stop or a target too, which leaves there once', () => {
    const costs = { ...NO_COSTS, slippageBps: 100 };
    const stop = { stopDistance: Float64Array.of(2, NaN, NaN, NaN) };
    // The stop is worsened, as any; the order has a limit and is not.
    expect(meeting([7, 9, 7, 9], { stop: always(4, 9), limit: always(4, 6) }, stop, costs)).toEqual([
      [2, -10, 7 * 0.99, 'stop'],
      [2, -10, 7, 'entry'],
    ]);
    const target = { targetDistance: Float64Array.of(1, NaN, NaN, NaN) };
    expect(meeting([12, 13, 12, 12], { limit: always(4, 11.5) }, target)).toEqual([
      [2, -10, 12, 'target'],
      [2, -10, 12, 'entry'],
    ]);
  });

  it('come after a stop or a target that the open has passed, where they fill inside the bar', () => {
    const target = { targetDistance: Float64Array.of(1, NaN, NaN, NaN) };
    expect(meeting([12, 12, 9, 9], { stop: always(4, 9.5) }, target)).toEqual([
      [2, -10, 12, 'target'],
      [2, -10, 9.5, 'entry'],
    ]);
    // An order that would add at 8 opens anew, as the open of 8.5 has passed the stop at 9.
    const stop = { stopDistance: Float64Array.of(1, 1, NaN, NaN), entriesMaximum: 2 };
    const add = waiting(4, 1, [1], { limit: always(4, 8) }, stop);
    const first = { ...add.entries[0], decides: Uint8Array.of(1, 0, 0, 0), limit: null, lastBars: null };
    const enterLong = Uint8Array.of(1, 1, 0, 0);
    const own = ohlc([
      [10, 10, 10, 10],
      [10, 10, 10, 10],
      [8.5, 8.5, 7.5, 8],
      [8, 8, 8, 8],
    ]);
    expect(fillsOf(simulate(own, { ...add, enterLong, entries: [first, ...add.entries] }))).toEqual([
      [1, 10, 10, 'entry'],
      [2, -10, 8.5, 'stop'],
      [2, 10, 8, 'entry'],
    ]);
  });

  it('leave exits as they were that the open has not passed', () => {
    // The exit of the last bar it is good for fills inside the bar in which an order adds.
    const text = `enter long when close == 10
enter long when close == 10.5 at limit 10
exit long "out" when close == 10.5 at limit 11 good for 1 bar
pyramid 2`;
    const result = compileStrategy(`strategy "T"\n${text}\nsize units(10)`);
    if (!result.ok) throw new Error(result.diagnostics[0].message);
    const own = ohlc([
      [10, 10, 10, 10],
      [10, 10.5, 10, 10.5],
      [9.5, 11.5, 9.5, 11],
      [11, 11, 11, 11],
    ]);
    const signals = evaluateSignals(result.strategy, {}, [{ symbol: 'A', bars: own }]);
    expect(fillsOf(simulate(own, signals))).toEqual([
      [1, 10, 10, 'entry'],
      [2, 10, 9.5, 'add'],
      [2, -20, 11, 'exit: out'],
    ]);
  });
});

describeOnEveryBackend('ways out that an open has passed', ({ simulate }) => {
  const calm: [number, number, number, number] = [10, 10, 10, 10];
  /** Entered at 10 in bar 1; the way out of bar 2, as its reason and price. */
  const wayOut = (
    bar: [number, number, number, number],
    side: 'enterLong' | 'enterShort',
    levels: Partial<StrategySignals>,
    settings: Parameters<typeof simulate>[2] = {},
  ) => {
    const decidedAt = levels.fillAt === 'close' ? 1 : 0;
    const signals = signalsOf(4, { [side]: [decidedAt] }, { size: tenUnits(4), ...levels });
    const [, way] = fillsOf(simulate(ohlc([calm, calm, bar, calm]), signals, settings));
    return [way[3], way[2]];
  };
  const both = { stopDistance: always(4, 2), targetDistance: always(4, 2) };

  it.each([
    ['the target that the open has passed', [13, 13, 7, 8], ['target', 13]],
    ['the stop that the open has passed', [7, 13, 7, 12], ['stop', 7]],
    ['the stop where the open has passed neither', [10, 13, 7, 12], ['stop', 8]],
    ['the target at the open that is its price', [12, 13, 7, 8], ['target', 12]],
  ] as const)('are %s', (_name, [open, high, low, close], expected) => {
    const mirrored = [20 - open, 20 - low, 20 - high, 20 - close] as [number, number, number, number];
    const [reason, price] = expected;
    for (const levels of [both, { ...both, fillAt: 'close' as const }]) {
      expect(wayOut([open, high, low, close], 'enterLong', levels)).toEqual(expected);
      expect(wayOut(mirrored, 'enterShort', levels)).toEqual([reason, 20 - price]);
    }
    const trailing = { trailDistance: always(4, 2), targetDistance: always(4, 2) };
    const named = reason === 'stop' ? 'trail' : reason;
    expect(wayOut([open, high, low, close], 'enterLong', trailing)).toEqual([named, price]);
    const allIn = { ...both, size: { kind: 'percentOfEquity', value: always(4, 1) } as const };
    const settings = { direction: 'LONG_ONLY', lotSize: 0 } as const;
    expect(wayOut([open, high, low, close], 'enterLong', allIn, settings)).toEqual(expected);
  });

  it('are a limit of an exit before a stop that is reached later', () => {
    const text = `enter long when close == 10
exit long "out" when close == 10 at limit 12
stop 2
size units(10)`;
    const result = compileStrategy(`strategy "T"\n${text}`);
    if (!result.ok) throw new Error(result.diagnostics[0].message);
    const own = ohlc([calm, calm, [13, 13, 7, 8], calm]);
    const signals = evaluateSignals(result.strategy, {}, [{ symbol: 'A', bars: own }]);
    expect(fillsOf(simulate(own, signals))[1]).toEqual([2, -10, 13, 'exit: out']);
  });

  it('are no levels of a fill inside the bar: they begin at its price', () => {
    const bars = ohlc([calm, [12, 12, 8, 9], calm, calm]);
    // Sold at 9 on the way down, stopped at 10 on the way back, though the bar opened at 12.
    const stop = { stopDistance: always(4, 1) };
    expect(fillsOf(simulate(bars, waiting(4, -1, [0], { stop: always(4, 9) }, stop)))).toEqual([
      [1, -10, 9, 'entry'],
      [1, 10, 10, 'stop'],
    ]);
    // Slippage sets a stop above the price that the order met: it leaves at that price, worsened once more.
    const costs = { ...NO_COSTS, slippageBps: 125 };
    const tight = { stopDistance: always(4, 0.05) };
    expect(fillsOf(simulate(bars, waiting(4, 1, [0], { stop: always(4, 8) }, tight), { costs }))).toEqual([
      [1, 10, 12 * 1.0125, 'entry'],
      [1, -10, 12 * 0.9875, 'stop'],
    ]);
    const inside = ohlc([calm, [7, 9, 7, 9], calm, calm]);
    const bought = waiting(4, 1, [0], { stop: always(4, 8) }, tight);
    expect(fillsOf(simulate(inside, bought, { costs }))).toEqual([
      [1, 10, 8 * 1.0125, 'entry'],
      [1, -10, 8 * 0.9875, 'stop'],
    ]);
  });
});
