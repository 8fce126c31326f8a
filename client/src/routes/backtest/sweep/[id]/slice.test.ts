import { expect, it } from 'vitest';
import { surfaceSlice, withStretch } from './slice.ts';

const values = Float64Array.from({ length: 12 }, (_, index) => index);

it('takes two axes of three, the third held', () => {
  const { values: slice, indices } = surfaceSlice(values, [2, 3, 2], 0, 1, [0, 0, 1]);
  expect([...indices]).toEqual([1, 3, 5, 7, 9, 11]);
  expect([...slice]).toEqual([1, 3, 5, 7, 9, 11]);
});

it('takes one axis alone', () => {
  expect([...surfaceSlice(values, [12], 0, 0, [0]).values]).toEqual([...values]);
});

it('takes what comes of a surface, and keeps the rest', () => {
  const first = withStretch(null, 4, 0, Float64Array.of(1, NaN));
  expect([...first]).toEqual([1, NaN, NaN, NaN]);
  expect([...withStretch(first, 4, 1, Float64Array.of(2, 3))]).toEqual([1, 2, 3, NaN]);
  expect([...withStretch(first, 4, 0, new Float64Array(0))]).toEqual([1, NaN, NaN, NaN]);
});
