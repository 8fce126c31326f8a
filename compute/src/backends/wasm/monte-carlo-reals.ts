import { type I32, v128, type V128, type Value } from './builder.ts';
import { type ConstantPool, longs, one, SIMD, two, upperWords, words } from './monte-carlo-vectors.ts';

/** The precision paths are computed in. */
export type Precision = 'SINGLE' | 'DOUBLE';

/** Bytes of a number and how many are in a vector. */
export const WIDTHS = {
  SINGLE: { bytes: 4, lanes: 4 },
  DOUBLE: { bytes: 8, lanes: 2 },
} as const;

/** The vector instructions of numbers of one precision, and how their bits are laid out. */
export interface Reals {
  readonly precision: Precision;
  readonly bytes: 4 | 8;
  readonly lanes: 4 | 2;
  readonly pool: ConstantPool;
  readonly of: (value: number) => V128;
  /** The number at an address in every place. */
  readonly loadSplat: (address: I32, offset?: number) => V128;
  readonly add: (a: V128, b: V128) => V128;
  readonly subtract: (a: V128, b: V128) => V128;
  readonly multiply: (a: V128, b: V128) => V128;
  readonly divide: (a: V128, b: V128) => V128;
  readonly sqrt: (a: V128) => V128;
  readonly less: (a: V128, b: V128) => V128;
  readonly lesser: (a: V128, b: V128) => V128;
  readonly larger: (a: V128, b: V128) => V128;
  readonly nearest: (a: V128) => V128;
  /** The same mantissa as a number from 1/2 to 1. */
  readonly mantissaOf: (a: V128) => V128;
  /** The exponent to that mantissa, in whole bits, less 1 where the mask holds. */
  readonly exponentOf: (a: V128, mask: V128) => V128;
  /** Small whole bits of the precision's width as numbers. */
  readonly fromWhole: (bits: V128) => V128;
  /** Two to the power of whole numbers. */
  readonly powerOfTwo: (a: V128) => V128;
  /** Signed words as numbers: all four, or the two of a part. */
  readonly fromWords: (words: V128, part: number) => V128;
  /** Words as bits of the precision's width. */
  readonly widen: (words: V128, part: number) => V128;
  /** Bit 0 or 1 in the place of the sign, all else 0. */
  readonly signBit: (bits: V128, bit: 0 | 1) => V128;
  readonly maskOfLowBit: (bits: V128) => V128;
  /** The sum of all lanes, as the bits that are stored for it. */
  readonly sumOfLanes: (a: V128) => Value<'i32'> | Value<'f64'>;
}

/** The instructions of a precision, whose constants go to a pool. */
export function realsOf(precision: Precision, pool: ConstantPool): Reals {
  return precision === 'SINGLE' ? singles(pool) : doubles(pool);
}

function singles(pool: ConstantPool): Reals {
  const add = two(0xe4);
  return {
    ...WIDTHS.SINGLE,
    precision: 'SINGLE',
    pool,
    of: (value) => pool.single(value),
    loadSplat: splatLoad(0x09, 2),
    add,
    subtract: two(0xe5),
    multiply: two(0xe6),
    divide: two(0xe7),
    sqrt: one(0xe3),
    less: two(0x43),
    lesser: two(0xea),
    larger: two(0xeb),
    nearest: one(0x6a),
    mantissaOf: (a) => words.or(words.and(a, pool.word(0x007fffff)), pool.word(0x3f000000)),
    exponentOf: (a, mask) => words.add(words.subtract(words.shiftRightUnsigned(a, 23), pool.word(126)), mask),
    fromWhole: one(0xfa),
    powerOfTwo: (a) => words.shiftLeft(words.add(one(0xf8)(a), pool.word(127)), 23),
    fromWords: (given) => one(0xfa)(given),
    widen: (given) => given,
    signBit: (bits, bit) => words.and(words.shiftLeft(bits, 31 - bit), pool.word(-(2 ** 31))),
    maskOfLowBit: (bits) => words.shiftRight(words.shiftLeft(bits, 31), 31),
    sumOfLanes: (a) => {
      const pairs = add(a, upperWords(a));
      const sum = add(pairs, words.shuffle(pairs, pairs, [1, 1, 1, 1]));
      return { type: 'i32', emit: (code) => (sum.emit(code), code.byte(SIMD).unsigned(0x1b).byte(0)) };
    },
  };
}

/** Added to a small whole number, its bits are this number's and in the low ones that number; it is 1.5 times 2 to the power 52. */
const LARGE = 6755399441055744;
const LARGE_BITS = 0x4338000000000000n;

function doubles(pool: ConstantPool): Reals {
  const [add, subtract] = [two(0xf0), two(0xf1)];
  return {
    ...WIDTHS.DOUBLE,
    precision: 'DOUBLE',
    pool,
    of: (value) => pool.double(value),
    loadSplat: splatLoad(0x0a, 3),
    add,
    subtract,
    multiply: two(0xf2),
    divide: two(0xf3),
    sqrt: one(0xef),
    less: two(0x49),
    lesser: two(0xf6),
    larger: two(0xf7),
    nearest: one(0x94),
    mantissaOf: (a) => words.or(words.and(a, pool.long(0x000fffffffffffffn)), pool.long(0x3fe0000000000000n)),
    exponentOf: (a, mask) =>
      longs.add(longs.subtract(longs.shiftRightUnsigned(a, 52), pool.long(1022n)), mask),
    fromWhole: (bits) => subtract(longs.add(bits, pool.long(LARGE_BITS)), pool.double(LARGE)),
    powerOfTwo: (a) => longs.shiftLeft(longs.add(add(a, pool.double(LARGE)), pool.long(1023n)), 52),
    fromWords: (given, part) => one(0xfe)(part === 0 ? given : upperWords(given)),
    widen: (given, part) => longs.extend(part === 0 ? given : upperWords(given)),
    signBit: (bits, bit) => words.and(longs.shiftLeft(bits, 63 - bit), pool.long(-0x8000000000000000n)),
    maskOfLowBit: (bits) => longs.subtract(pool.long(0n), words.and(bits, pool.long(1n))),
    sumOfLanes: (a) => v128.lane(add(a, upperWords(a)), 0),
  };
}

function splatLoad(opcode: number, alignment: number): Reals['loadSplat'] {
  return (address, offset = 0) => ({
    type: 'v128',
    emit: (code) => (
      address.emit(code),
      code.byte(SIMD).unsigned(opcode).unsigned(alignment).unsigned(offset)
    ),
  });
}
