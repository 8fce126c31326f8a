import { expect, it } from 'vitest';
import { cellBeside, extremes, GRADIENT, normalised, picture, shade, ticks } from './cells.ts';

it('spreads values between 0 and 1', () => {
  expect([...normalised(Float64Array.of(2, NaN, 4, 3))]).toEqual([0, NaN, 1, 0.5]);
  expect([...normalised(Float64Array.of(2, 2))]).toEqual([0.5, 0.5]);
});

it('goes from dark to bright', () => {
  expect(shade(0)).toEqual([68, 1, 84]);
  expect(shade(0.5)).toEqual([33, 145, 140]);
});

it('shows a cell as a block of pixels, the first row at the bottom, and what is missing not at all', () => {
  const pixels = picture(Float64Array.of(0, NaN, 1, 0.5), 2, 2, 4, 2);
  const colours = Array.from({ length: 8 }, (_, place) => [...pixels.subarray(4 * place, 4 * place + 4)]);
  const [low, middle, high] = [0, 0.5, 1].map((place) => [...shade(place), 255]);
  const none = [0, 0, 0, 0];
  expect(colours).toEqual([high, high, middle, middle, low, low, none, none]);
});

it('shows cells smaller than a pixel by the mean of those that are known', () => {
  const values = Float64Array.of(0, 1, NaN, 0.5, NaN, NaN, 1, 1);
  const pixels = picture(values, 2, 4, 2, 1);
  expect([...pixels]).toEqual([...shade(0.5), 255, ...shade(2.5 / 3), 255]);
});

it('writes as many values at an axis as there is room for', () => {
  expect(ticks([5, 10, 15, 20], 4)).toEqual([
    { place: 0.125, value: 5 },
    { place: 0.375, value: 10 },
    { place: 0.625, value: 15 },
    { place: 0.875, value: 20 },
  ]);
  expect(ticks([5, 10, 15, 20, 25], 3)).toEqual([
    { place: 0.1, value: 5 },
    { place: 0.5, value: 15 },
    { place: 0.9, value: 25 },
  ]);
  expect(ticks([7], 6)).toEqual([{ place: 0.5, value: 7 }]);
});

it('goes from cell to cell by arrow keys, and stays inside', () => {
  const beside = (cell: number, key: string) => cellBeside(cell, `Arrow${key}`, 2, 3);
  expect(['Left', 'Right', 'Up', 'Down'].map((key) => beside(1, key))).toEqual([0, 2, 4, 1]);
  expect(['Left', 'Right', 'Up', 'Down'].map((key) => beside(5, key))).toEqual([4, 5, 5, 2]);
  expect(cellBeside(0, 'Enter', 2, 3)).toBeNull();
});

it('finds the least, the greatest and the best of what is known', () => {
  const values = Float64Array.of(NaN, 2, -1, 5);
  expect(extremes(values, false)).toEqual({ least: -1, greatest: 5, best: 3 });
  expect(extremes(values, true)).toEqual({ least: -1, greatest: 5, best: 2 });
  expect(extremes(Float64Array.of(NaN), false)).toBeNull();
});

it('has a legend of the colours of the cells', () => {
  expect(GRADIENT).toMatch(/^linear-gradient\(to right, rgb\(68 1 84\), .*, rgb\(253 231 37\)\)$/);
});
