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

  it.each([
    ['in order', (index: number) => index],
    ['in reverse', (index: number) => -index],
    ['in waves', (index: number) => Math.sin(index)],
    ['that hide the tail from a sample', (index: number) => (index % 25 === 7 ? -index : 0.5)],
    ['of which most are missing', (index: number) => (index % 3 === 0 ? index % 101 : NaN)],
    ['that are equal', () => 1],
  ])('gives what sorting gives of many values %s', (_, at) => {
    const all = Float64Array.from({ length: 100_000 }, (_, index) => at(index));
    const single = Float32Array.from(all);
    for (const count of [1, 999, 10_000, 40_000, 100_000]) {
      expect(smallest(all, count)).toEqual(all.toSorted().slice(0, count));
      expect(smallest(single, count)).toEqual(new Float64Array(single.toSorted().slice(0, count)));
    }
  });

  it('leaves its input alone', () => {
    const all = Float64Array.of(3, NaN, 1, 2);
    expect([...smallest(all, 2)]).toEqual([1, 2]);
    expect([...all]).toEqual([3, NaN, 1, 2]);
  });
});
