import { describe, expect, it } from 'vitest';
import { fused, roughReciprocal } from './rounding.ts';

describe('arithmetic that the interpreter has to do itself', () => {
  it.each([
    ['what a product loses by rounding', 0.1, 10, -1, 2 ** -54],
    ['a square beyond 53 bits', 1 + 2 ** -30, 1 + 2 ** -30, -1 - 2 ** -29, 2 ** -60],
    ['a tie that is rounded to even', 1 + 2 ** -52, 1 + 2 ** -52, 2 ** -105, 1 + 2 ** -51],
    ['a tie that what is lost decides', 1, 1 + 2 ** -52, 2 ** -53 + 2 ** -105, 1 + 2 ** -51],
    ['numbers far apart', 2 ** 400, 2 ** 400, 2 ** -400, 2 ** 800],
    ['nothing left', 3, 7, -21, 0],
    ['what is no number', Infinity, 0, 1, NaN],
  ])('rounds %s once', (_, a, b, c, expected) => {
    expect(fused(a, b, c)).toBe(expected);
  });

  it('refuses results whose last bits a device would lose', () => {
    expect(() => fused(2 ** -600, 2 ** -600, 0)).toThrow(/2\^-1000/);
  });

  it.each([3, 0.7, 1e5, 2 ** -400])('gives the upper half of a reciprocal of %d', (value) => {
    const found = roughReciprocal(value);
    expect(Math.abs(found * value - 1)).toBeLessThan(2 ** -19);
    expect(new Uint32Array(Float64Array.of(found).buffer)[0]).toBe(0);
  });
});
