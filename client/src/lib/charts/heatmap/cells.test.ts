import { expect, it } from 'vitest';
import { normalised, picture, shade } from './cells.ts';

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
