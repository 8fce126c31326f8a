import { expect, it } from 'vitest';
import { bollinger, ema, macd, rsi, sma } from './indicators.ts';

it('averages over the window', () => {
  expect([...sma([1, 2, 3, 4], 2)]).toEqual([NaN, 1.5, 2.5, 3.5]);
  expect([...ema([1, 2, 3, 6], 2)]).toEqual([NaN, 1.5, 2.5, 2.5 + (2 / 3) * 3.5]);
});

it('puts the bands two deviations from the mean', () => {
  const { upper, lower } = bollinger([1, 3, 3], 2);
  expect([upper[1], lower[1], upper[2], lower[2]]).toEqual([4, 0, 3, 3]);
});

it('is 100 when all changes are gains and 50 when nothing moves', () => {
  expect(rsi([1, 2, 3, 4], 2)[3]).toBe(100);
  expect(rsi([1, 1, 1, 1], 2)[3]).toBe(50);
});

it('tells how far a fast average is from a slow one, and from its own average', () => {
  const { line, signal, histogram } = macd([1, 3, 5, 7], [2, 3, 2]);
  // The averages are 2, 4 and 6 from the second value on, and 3 and 5 from the third.
  expect([...line]).toEqual([NaN, NaN, 1, 1]);
  expect([...signal]).toEqual([NaN, NaN, NaN, 1]);
  expect([...histogram]).toEqual([NaN, NaN, NaN, 0]);
});
