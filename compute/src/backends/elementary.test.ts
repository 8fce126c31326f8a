import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exp, log, power } from './elementary.ts';

const any = fc.double({ noNaN: true });

/** Whether two doubles are equal, neighbours or both NaN. */
function areNeighbours(a: number, b: number): boolean {
  return Object.is(a, b) || Math.abs(a - b) <= 2 ** -52 * Math.abs(b);
}

describe('the elementary functions', () => {
  it('log is within one unit in the last place of the logarithm', () => {
    fc.assert(
      fc.property(any, (x) => {
        const expected = x > 0 ? Math.log(x) : NaN;
        expect(areNeighbours(log(x), expected)).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });

  it('exp is within one unit in the last place of the exponential', () => {
    fc.assert(
      fc.property(fc.double({ min: -745, max: 710, noNaN: true }), (x) => {
        expect(areNeighbours(exp(x), Math.exp(x))).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    [log(1), 0],
    [log(0), NaN],
    [log(-1), NaN],
    [log(5e-324), -744.4400719213812],
    [log(Infinity), Infinity],
    [exp(0), 1],
    [exp(-1000), 0],
    [exp(1000), Infinity],
    [exp(NaN), NaN],
    [exp(1e-10), 1 + 1e-10],
    [power(2, 10), 1024],
    [power(-2, 3), -8],
    [power(2, -2), 0.25],
    [power(0, 0), 1],
    [power(0, 0.5), 0],
    [power(0, -1), NaN],
    [power(-1, 0.5), NaN],
    [power(NaN, 0), NaN],
    [power(2, 0.5), 1.414213562373095],
  ])('gives %s for %s', (actual, expected) => {
    expect(actual).toBe(expected);
  });

  it('power is close to the power also where the exponent is not whole', () => {
    const base = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
    const exponent = fc.double({ min: -20, max: 20, noNaN: true });
    fc.assert(
      fc.property(base, exponent, (a, b) => {
        expect(Math.abs(power(a, b) / a ** b - 1)).toBeLessThan(1e-13);
      }),
      { numRuns: 2000 },
    );
  });
});
