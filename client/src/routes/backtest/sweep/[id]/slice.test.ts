import { expect, it } from 'vitest';
import { surfaceSlice } from './slice.ts';

const values = Float64Array.from({ length: 12 }, (_, index) => index);

it('takes two axes of three, the third held', () => {
  const { values: slice, indices } = surfaceSlice(values, [2, 3, 2], 0, 1, [0, 0, 1]);
  expect([...indices]).toEqual([1, 3, 5, 7, 9, 11]);
  expect([...slice]).toEqual([1, 3, 5, 7, 9, 11]);
});

it('takes one axis alone', () => {
  expect([...surfaceSlice(values, [12], 0, 0, [0]).values]).toEqual([...values]);
});
