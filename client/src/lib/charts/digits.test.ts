import { expect, it } from 'vitest';
import { amountDigits, priceDigits } from './digits.ts';

it('has as many decimals as prices of a size need', () => {
  expect([60_000, 188.59, 10, 1.085, 0.5, 0.0000123, 0, NaN].map(priceDigits)).toEqual([
    2, 2, 2, 4, 4, 8, 2, 2,
  ]);
  expect(priceDigits(-0.05)).toBe(5);
  expect(priceDigits(1e-15)).toBe(12);
});

it('leaves out cents of large amounts', () => {
  expect(amountDigits([0, 250_000, NaN])).toBe(0);
  expect(amountDigits([-5_000, 20])).toBe(2);
  expect(amountDigits([0.001])).toBe(6);
  expect(amountDigits([])).toBe(2);
});
