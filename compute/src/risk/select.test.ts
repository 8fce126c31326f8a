import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantileOfSorted } from './columns.ts';
import { quantile, smallest } from './select.ts';

// The order of zeros of both signs is left open.
const value = fc.oneof(fc.double(), fc.integer({ min: -3, max: 3 })).map((one) => (one === 0 ? 0 : one));
const values = fc.array(value, { minLength: 1, maxLength: 200 }).map((all) => Float64Array.from(all));

describe('selection', () => {
  it('gives what sorting gives', () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (all, probability) => {
        const sorted = all.toSorted();
        const count = Math.ceil(probability * all.length);
        expect([...smallest(all, count)]).toEqual([...sorted.subarray(0, count)]);
        expect(quantile(all, probability)).toEqual(quantileOfSorted(sorted, probability));
      }),
      { numRuns: 500 },
    );
  });

  it('leaves its input alone', () => {
    const all = Float64Array.of(3, NaN, 1, 2);
    expect([...smallest(all, 2)]).toEqual([1, 2]);
    expect([...all]).toEqual([3, NaN, 1, 2]);
  });
});
