import { expect, it } from 'vitest';
import { normalised, viridis } from './cells.ts';

it('spreads values between 0 and 1', () => {
  expect([...normalised(Float64Array.of(2, NaN, 4, 3))]).toEqual([0, NaN, 1, 0.5]);
  expect([...normalised(Float64Array.of(2, 2))]).toEqual([0.5, 0.5]);
});

it('goes from dark to bright', () => {
  expect(viridis(0)).toBe('rgb(68 1 84)');
  expect(viridis(0.5)).toBe('rgb(33 145 140)');
  expect(viridis(NaN)).toBe('transparent');
});
