import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runsOf } from '../../../../tools/testing/runs.ts';
import { type DescriptorEntry, DescriptorWriter } from './descriptors.ts';

const axisOf = (length: number) => ({ parameter: 'x', values: new Float64Array(length) });

describe('the descriptors of a tile', () => {
  it('hold the address or the number of the item that the place on every axis leads to, and leave the rest', () => {
    const entries: DescriptorEntry[] = [
      { strides: Int32Array.of(1, 0), integers: Int32Array.of(100, 200) },
      { strides: Int32Array.of(0, 1), numbers: Float64Array.of(0.5, 1.5, 2.5) },
      { strides: Int32Array.of(3, 1) },
      { strides: Int32Array.of(3, 1), integers: Int32Array.of(10, 11, 12, 13, 14, 15) },
    ];
    const buffer = new SharedArrayBuffer(8 + 8 * 4 * 3);
    new Int32Array(buffer).fill(-7);
    // Of 2 x 3 sets the third to the fifth.
    new DescriptorWriter([axisOf(2), axisOf(3)], entries).write(buffer, 8, 2, 3);
    const integers = new Int32Array(buffer, 8);
    const numbers = new Float64Array(buffer, 8);
    expect([0, 4, 8].map((at) => integers[2 * at])).toEqual([100, 200, 200]);
    expect([1, 5, 9].map((at) => numbers[at])).toEqual([2.5, 0.5, 1.5]);
    expect([2, 6, 10].map((at) => integers[2 * at])).toEqual([-7, -7, -7]);
    expect([3, 7, 11].map((at) => integers[2 * at])).toEqual([12, 13, 14]);
    expect(new Int32Array(buffer, 0, 2)).toEqual(Int32Array.of(-7, -7));
  });

  it('are those of each set by itself, wherever a tile begins and ends', () => {
    const grid = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });
    const property = fc.property(
      grid,
      fc.nat(),
      fc.integer({ min: 1, max: 40 }),
      fc.nat(),
      (lengths, from, count, seed) => {
        const sets = lengths.reduce((product, length) => product * length, 1);
        const first = from % sets;
        const tile = Math.min(count, sets - first);
        const strides = Int32Array.from(lengths, (_, axis) => (seed >> (3 * axis)) & 7);
        const itemsTotal = lengths.reduce((total, length, axis) => total + (length - 1) * strides[axis], 1);
        const integers = Int32Array.from({ length: itemsTotal }, (_, item) => 1000 + item);
        const buffer = new SharedArrayBuffer(8 * tile);
        new DescriptorWriter(lengths.map(axisOf), [{ strides, integers }]).write(buffer, 0, first, tile);
        const expected = Array.from({ length: tile }, (_, place) => {
          let [rest, item] = [first + place, 0];
          for (let axis = lengths.length - 1; axis >= 0; axis -= 1) {
            item += (rest % lengths[axis]) * strides[axis];
            rest = Math.floor(rest / lengths[axis]);
          }
          return 1000 + item;
        });
        expect(Array.from({ length: tile }, (_, place) => new Int32Array(buffer)[2 * place])).toEqual(
          expected,
        );
      },
    );
    fc.assert(property, runsOf(200, 5));
  });
});
