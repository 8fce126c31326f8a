import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { heldAfter, lotsOf, lotsWithin, toLots, wholeLots } from './lots.ts';

/** The doubles beside one. */
function neighbours(value: number): number[] {
  const bits = new BigInt64Array(Float64Array.of(value).buffer);
  return [-2n, -1n, 0n, 1n, 2n].map((step) => new Float64Array(BigInt64Array.of(bits[0] + step).buffer)[0]);
}

/** So many lots of a decimal size, by whole numbers. */
function decimal(count: number, lot: string): number {
  const [whole, part = ''] = lot.split('.');
  const digits = String(BigInt(count) * BigInt(whole + part)).padStart(part.length + 1, '0');
  const point = digits.length - part.length;
  return Number(`${digits.slice(0, point)}.${digits.slice(point)}`);
}

describe('whole lots', () => {
  it.each([
    [0.3, 0.1, 0.3],
    [0.7, 0.1, 0.7],
    [0.29, 0.1, 0.2],
    [2.9999999999999996, 1, 3],
    [2.999999, 1, 2],
    [0.06, 0.01, 0.06],
    [1.1, 1.1, 1.1],
    [3.3, 1.1, 3.3],
    [0.000_000_3, 1e-8, 0.000_000_3],
    [19.99, 5, 15],
    [20, 5, 20],
    [999.9, 100, 900],
    [0.75, 0.25, 0.75],
    [1, 1 / 3, 1],
    [0.05, 0.1, 0],
    [0, 0.1, 0],
    [NaN, 0.1, NaN],
    [Infinity, 0.1, Infinity],
    [0.123, 0, 0.123],
  ])('of %d in lots of %d are %d', (quantity, lotSize, expected) => {
    expect(toLots(quantity, lotsOf(lotSize))).toBe(expected);
  });

  it('are the decimals that they are, found whatever rounding took or gave, up to 2^40 of them', () => {
    const size = fc.constantFrom('1', '0.1', '0.01', '0.001', '0.00000001', '5', '100', '0.25', '1.1', '2.5');
    const count = fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 2 ** 40 }));
    fc.assert(
      fc.property(size, count, (lot, lotCount) => {
        const lots = lotsOf(Number(lot));
        const expected = decimal(lotCount, lot);
        for (const quantity of neighbours(expected)) {
          expect(toLots(quantity, lots)).toBe(expected);
          expect(wholeLots(quantity, lots)).toBe(expected);
        }
        // A hundredth of a lot is no rounding.
        expect(toLots(expected - Number(lot) / 100, lots)).toBe(decimal(lotCount - 1, lot));
      }),
    );
  });

  it('never are more than rounding above the quantity', () => {
    const quantity = fc.double({ min: 0, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(quantity, fc.constantFrom(1e-8, 0.001, 0.1, 1 / 3, 1, 5, 100), (wanted, lotSize) => {
        const found = toLots(wanted, lotsOf(lotSize));
        expect(found).toBeLessThanOrEqual(wanted * (1 + 5e-15));
        expect(found).toBeGreaterThan(wanted - lotSize * (1 + 1e-6) - wanted * 1e-15);
      }),
    );
  });

  it('are not reached by what is short of them, where nothing more is to be had', () => {
    expect(lotsWithin(2.9999999999999996, lotsOf(1))).toBe(2);
    expect(lotsWithin(0.37, lotsOf(0.1))).toBe(0.3);
    expect(lotsWithin(0.37, null)).toBe(0.37);
  });

  it('stay whole as they are added and taken away', () => {
    const lots = lotsOf(0.1);
    expect(heldAfter(heldAfter(0, 0.1, lots), 0.2, lots)).toBe(0.3);
    expect(heldAfter(1_000_000.1, -1_000_000, lots)).toBe(0.1);
    expect(heldAfter(-0.1, -0.2, lots)).toBe(-0.3);
    expect(heldAfter(0.1, 0.2, null)).toBe(0.1 + 0.2);
    expect(wholeLots(1e17 + 0.3, lots)).toBe(1e17 + 0.3);
  });
});
