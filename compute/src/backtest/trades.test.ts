import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flatBars } from '../../../tools/testing/bars.ts';
import type { BarColumns, FillColumns } from '../service/contract.ts';
import { buildTrades } from './trades.ts';

type Fill = readonly [bar: number, units: number, price: number, fee?: number, at?: 'close'];

function fillsOf(rows: readonly Fill[]): FillColumns {
  return {
    barIndex: Int32Array.from(rows, ([bar]) => bar),
    timesMs: Float64Array.from(rows, ([bar]) => bar * 86_400_000),
    side: Int8Array.from(rows, ([, units]) => Math.sign(units)),
    quantity: Float64Array.from(rows, ([, units]) => Math.abs(units)),
    price: Float64Array.from(rows, ([, , price]) => price),
    fee: Float64Array.from(rows, ([, , , fee]) => fee ?? 0),
    isAtClose: Uint8Array.from(rows, ([, , , , at]) => (at === 'close' ? 1 : 0)),
    reason: rows.map(() => 'entry'),
  };
}

function barsOf(rows: readonly (readonly [low: number, high: number, close: number])[]): BarColumns {
  return {
    ...flatBars(rows.map(([, , close]) => close)),
    low: Float64Array.from(rows, ([low]) => low),
    high: Float64Array.from(rows, ([, high]) => high),
  };
}

describe('buildTrades', () => {
  it('gives no row without a fill', () => {
    const trades = buildTrades(fillsOf([]), flatBars([10, 11]));
    expect(Object.values(trades).map((column) => column.length)).toEqual(Array(13).fill(0));
  });

  it('nets both fees from the profit and puts it over the entry value', () => {
    const trades = buildTrades(
      fillsOf([
        [1, 10, 20, 3],
        [3, -10, 25, 4],
      ]),
      flatBars([20, 20, 22, 25]),
    );
    expect([trades.direction[0], trades.entryIndex[0], trades.exitIndex[0]]).toEqual([1, 1, 3]);
    expect([trades.entryTimesMs[0], trades.exitTimesMs[0]]).toEqual([86_400_000, 3 * 86_400_000]);
    expect([trades.quantity[0], trades.entryPrice[0], trades.exitPrice[0]]).toEqual([10, 20, 25]);
    expect([trades.fees[0], trades.profit[0], trades.returns[0]]).toEqual([7, 43, 0.215]);
  });

  it('measures the excursions of a long from its entry price', () => {
    const bars = barsOf([
      [1, 1000, 100],
      [90, 104, 100],
      [97, 125, 120],
      [50, 500, 110],
    ]);
    const trades = buildTrades(
      fillsOf([
        [1, 1, 100],
        [3, -1, 110],
      ]),
      bars,
    );
    // The bar before the entry does not count, nor the range of the bar of the exit.
    expect([trades.mae[0], trades.mfe[0]]).toEqual([-0.1, 0.25]);
  });

  it('measures the excursions of a short the other way round', () => {
    const bars = barsOf([
      [90, 104, 100],
      [97, 125, 120],
      [100, 100, 100],
    ]);
    const trades = buildTrades(
      fillsOf([
        [0, -1, 100],
        [2, 1, 100],
      ]),
      bars,
    );
    expect([trades.mae[0], trades.mfe[0]]).toEqual([-0.25, 0.1]);
  });

  it.each([
    ['a gain', 1, 110, 0, 0.1],
    ['a loss', 1, 80, -0.2, 0],
    ['a gain of a short', -1, 80, 0, 0.2],
  ])('counts the exit price alone in a trade of one bar: %s', (_name, units, exit, mae, mfe) => {
    const trades = buildTrades(
      fillsOf([
        [0, units, 100],
        [0, -units, exit],
      ]),
      barsOf([[50, 500, 100]]),
    );
    expect([trades.mae[0], trades.mfe[0]]).toEqual([mae, mfe]);
  });

  it.each([
    // Of the bars between 90 and 104, 97 and 125, 80 and 130.
    ['the first two', undefined, undefined, -0.1, 0.25],
    ['the second alone', 'close', undefined, -0.03, 0.25],
    ['all', undefined, 'close', -0.2, 0.3],
    ['the last two', 'close', 'close', -0.2, 0.3],
  ] as const)(
    'counts the range of %s for an entry at %s and an exit at %s',
    (_name, entry, exit, mae, mfe) => {
      const bars = barsOf([
        [90, 104, 100],
        [97, 125, 120],
        [80, 130, 110],
      ]);
      const long = buildTrades(
        fillsOf([
          [0, 1, 100, 0, entry],
          [2, -1, 110, 0, exit],
        ]),
        bars,
      );
      expect([long.mae[0], long.mfe[0]]).toEqual([mae, mfe]);
      const short = buildTrades(
        fillsOf([
          [0, -1, 100, 0, entry],
          [2, 1, 110, 0, exit],
        ]),
        bars,
      );
      expect([short.mae[0], short.mfe[0]]).toEqual([-mfe, -mae]);
    },
  );

  it('counts nothing of the bar at whose close a trade begins and ends, nor of that at which an open one begins', () => {
    const bars = barsOf([[50, 500, 100]]);
    const trades = buildTrades(
      fillsOf([
        [0, 1, 100, 0, 'close'],
        [0, -1, 100, 0, 'close'],
        [0, 1, 100, 0, 'close'],
      ]),
      bars,
    );
    expect([...trades.mae, ...trades.mfe]).toEqual([0, 0, 0, 0]);
  });

  it('averages the prices of several entries and exits', () => {
    const trades = buildTrades(
      fillsOf([
        [0, 1, 10],
        [1, 3, 14],
        [2, -2, 20],
        [3, -2, 16],
      ]),
      flatBars([10, 14, 20, 16]),
    );
    expect(trades.direction.length).toBe(1);
    expect([trades.quantity[0], trades.entryPrice[0], trades.exitPrice[0]]).toEqual([4, 13, 18]);
    expect(trades.profit[0]).toBe(20);
  });

  it('leaves the exits of an open trade NaN and values it at the last close', () => {
    const trades = buildTrades(
      fillsOf([
        [0, -4, 10, 1],
        [1, 1, 8, 1],
      ]),
      flatBars([10, 8, 6]),
    );
    expect([trades.exitIndex[0], trades.exitTimesMs[0], trades.exitPrice[0]]).toEqual([-1, NaN, NaN]);
    // 1 unit bought back at 8 and 3 valued at 6, less two fees.
    expect(trades.profit[0]).toBe(2 + 12 - 2);
    expect([trades.mae[0], trades.mfe[0]]).toEqual([0, 0.4]);
  });

  it('ends a trade where the position is flat and starts the next in the same bar', () => {
    const trades = buildTrades(
      fillsOf([
        [0, 2, 10],
        [1, -2, 12],
        [1, -3, 12],
        [2, 3, 11],
      ]),
      flatBars([10, 12, 11]),
    );
    expect([...trades.direction]).toEqual([1, -1]);
    expect([...trades.entryIndex]).toEqual([0, 1]);
    expect([...trades.profit]).toEqual([4, 3]);
  });

  it('ends a trade with what leaves all of it, where doubles of whole lots do not add up to nothing', () => {
    const fills = fillsOf([
      [0, 0.1, 10],
      [1, 0.2, 10],
      [2, -0.3, 11],
      [3, -0.5, 12],
    ]);
    const trades = buildTrades(
      { ...fills, reason: ['entry: a', 'add', 'exit: add', 'entry'] },
      flatBars([10, 10, 11, 12]),
    );
    expect([[...trades.direction], [...trades.exitIndex]]).toEqual([
      [1, -1],
      [2, -1],
    ]);
  });

  it('adds up to cash and holdings, and its excursions enclose the outcome, whatever is traded', () => {
    const price = fc.integer({ min: 1, max: 1000 });
    const fill = fc.record({ units: fc.integer({ min: -9, max: 9 }), price, fee: fc.nat(5) });
    fc.assert(
      fc.property(fc.array(fill, { minLength: 1, maxLength: 40 }), price, (picks, last) => {
        const rows: Fill[] = [];
        let [units, cash] = [0, 0];
        picks.forEach((pick, bar) => {
          // A fill never crosses zero: a reversal is two fills.
          const crosses = units !== 0 && Math.sign(units + pick.units) === -Math.sign(units);
          const traded = crosses ? -units : pick.units;
          if (traded === 0) return;
          rows.push([bar, traded, pick.price, pick.fee]);
          units += traded;
          cash -= traded * pick.price + pick.fee;
        });
        const closes = [...picks.map((pick) => pick.price), last];
        const trades = buildTrades(fillsOf(rows), flatBars(closes));
        const profit = trades.profit.reduce((total, value) => total + value, 0);
        expect(profit).toBeCloseTo(cash + units * last, 6);
        trades.direction.forEach((side, i) => {
          const outcome = (side * (trades.exitPrice[i] - trades.entryPrice[i])) / trades.entryPrice[i];
          const isOpen = trades.exitIndex[i] < 0;
          expect(trades.mae[i]).toBeLessThanOrEqual(isOpen ? 0 : Math.min(0, outcome));
          expect(trades.mfe[i]).toBeGreaterThanOrEqual(isOpen ? 0 : Math.max(0, outcome));
        });
      }),
    );
  });
});
