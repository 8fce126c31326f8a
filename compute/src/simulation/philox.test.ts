import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOf, multiplyHigh, philox } from './philox.ts';

describe('Philox4x32-10', () => {
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8'],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      ['408f276d', '41c83b0e', 'a20bc7c6', '6d5451fd'],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      ['d16cfe09', '94fdcceb', '5001e420', '24126ea1'],
    ],
  ])('gives the known answer of Random123 for counter %o and key %o', (counter, key, answer) => {
    const out = new Uint32Array(4);
    philox(Uint32Array.from(counter), [key[0], key[1]], out);
    expect([...out].map((word) => word.toString(16).padStart(8, '0'))).toEqual(answer);
  });

  it('multiplies words as whole numbers do', () => {
    const word = fc.integer({ min: 0, max: 0xffffffff });
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(BigInt(multiplyHigh(a, b))).toBe((BigInt(a) * BigInt(b)) >> 32n);
      }),
    );
  });

  it('takes all bits of a seed', () => {
    expect(keyOf(0)).toEqual([0, 0]);
    expect(keyOf(Number.MAX_SAFE_INTEGER)).toEqual([0xffffffff, 0x1fffff]);
  });
});
