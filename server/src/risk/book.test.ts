import { describe, expect, it } from 'vitest';
import { ONE, ZERO } from '../platform/decimal.ts';
import type { PortfolioState } from '../portfolio/portfolio-state.ts';
import { bookOf } from './book.ts';

const ten = ZERO.plus(10);
const state = (cash: number, ...held: [quantity: number, price: number][]) =>
  ({
    cash: ZERO.plus(cash),
    holdings: held.map(([quantity, price]) => ({
      quantity: ZERO.plus(quantity),
      price: ZERO.plus(price),
      currency: 'USD',
      baseRate: ONE,
      splits: [],
    })),
    rates: { base: 'USD' },
  }) as unknown as PortfolioState;
const DAY_MS = 86_400_000;
const bars = (days: number[], close: number[]) => ({
  timesMs: Float64Array.from(days, (day) => day * DAY_MS),
  close: Float64Array.from(close),
});

describe('the book of a portfolio', () => {
  it('weighs positions by their value, short ones below 0, and takes the days that all of them have', () => {
    const book = bookOf(
      state(500, [3, 100], [-2, 50], [1, 300]),
      [bars([1, 2, 3, 5], [7, 8, 9, 10]), bars([2, 3, 4, 5], [4, 5, 6, 7]), null],
      0,
    );
    expect(book.equity).toBe(1_000);
    expect([...book.weights]).toEqual([0.3, -0.1]);
    expect(book.levels.map((column) => [...column])).toEqual([
      [8, 9, 10],
      [4, 5, 7],
    ]);
    expect(book.leftOut).toBe(1);
  });

  it('takes the last close of a day for it, at whatever time instruments close', () => {
    // given: one closes at 21:00 and one at the midnight after, the first by the hour on its second day
    const byDay = bars([1, 2, 3], [4, 5, 6]);
    const byHour = bars([21 / 24, 1 + 20 / 24, 1 + 21 / 24, 2 + 21 / 24], [7, 99, 8, 9]);
    // when
    const { levels } = bookOf(state(0, [1, 9], [1, 6]), [byHour, byDay], 0);
    // then
    expect(levels.map((column) => [...column])).toEqual([
      [7, 8, 9],
      [4, 5, 6],
    ]);
  });

  it.each([
    ['that shows it', [40, 44, 11, 12], [10, 11, 11, 12]],
    ['that is adjusted for it already', [10, 11, 11, 12], [10, 11, 11, 12]],
  ])('divides closes before a split by it, of a history %s', (_name, close, expected) => {
    // given: 4 for 1 on the second day, recorded a day late
    const held = state(0, [4, 12]);
    const splits = [{ timeMs: 3 * DAY_MS + 1, factor: ZERO.plus(4) }];
    const split = { ...held, holdings: [{ ...held.holdings[0], splits }] };
    // when
    const { levels } = bookOf(split, [bars([1, 2, 3, 4], close)], 0);
    // then
    expect([...levels[0]]).toEqual(expected);
  });

  it('takes as many of the last returns as it is told', () => {
    const all = bars([1, 2, 3, 4], [1, 2, 3, 4]);
    expect([...bookOf(state(0, [1, 4]), [all], 2).levels[0]]).toEqual([2, 3, 4]);
    expect([...bookOf(state(0, [1, 4]), [all], 9).levels[0]]).toEqual([1, 2, 3, 4]);
  });

  it('leaves out what was sold, and is empty where nothing is held', () => {
    const sold = { ...state(10), holdings: [{ quantity: ZERO, price: ten }] } as unknown as PortfolioState;
    expect(bookOf(sold, [bars([1], [1])], 0)).toEqual({
      equity: 10,
      weights: new Float64Array(0),
      levels: [],
      leftOut: 0,
    });
  });
});
