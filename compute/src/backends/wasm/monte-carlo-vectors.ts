import { i32, type I32, type I64, load, type V128 } from './builder.ts';

/** Vectors of words of 32 and 64 bits, beside the doubles of the builder. */

export const SIMD = 0xfd;

/** An instruction that takes one vector. */
export function one(opcode: number): (a: V128) => V128 {
  return (a) => ({ type: 'v128', emit: (code) => (a.emit(code), code.byte(SIMD).unsigned(opcode)) });
}

/** An instruction that takes two vectors. */
export function two(opcode: number): (a: V128, b: V128) => V128 {
  return (a, b) => ({
    type: 'v128',
    emit: (code) => (a.emit(code), b.emit(code), code.byte(SIMD).unsigned(opcode)),
  });
}

function shift(opcode: number): (a: V128, bits: number) => V128 {
  return (a, bits) => ({
    type: 'v128',
    emit: (code) => (a.emit(code), code.byte(0x41).signed(BigInt(bits)), code.byte(SIMD).unsigned(opcode)),
  });
}

/** How many vectors a pool of constants holds at most. */
export const CONSTANTS_MAXIMUM = 128;

/** Constants in memory: an engine puts a constant of a whole vector together anew, with five instructions, where a load takes one. */
export class ConstantPool {
  private readonly places = new Map<string, number>();
  private readonly at: number;
  private readonly bytes = new Uint8Array(16 * CONSTANTS_MAXIMUM);

  /** A pool whose content will lie at that address. */
  constructor(at: number) {
    this.at = at;
  }

  /** What has to be in memory before the code runs. */
  get content(): Uint8Array {
    return this.bytes.slice(0, 16 * this.places.size);
  }

  /** Four words. */
  words(...values: readonly [number, number, number, number]): V128 {
    return this.of(Int32Array.from(values));
  }

  /** The same word, long word or number in every place. */
  word(value: number): V128 {
    return this.words(value, value, value, value);
  }

  long(value: bigint): V128 {
    return this.of(BigInt64Array.of(value, value));
  }

  single(value: number): V128 {
    return this.of(Float32Array.of(value, value, value, value));
  }

  double(value: number): V128 {
    return this.of(Float64Array.of(value, value));
  }

  private of(values: Float32Array | Float64Array | Int32Array | BigInt64Array): V128 {
    const bytes = new Uint8Array(values.buffer as ArrayBuffer);
    const key = bytes.join(' ');
    const place = this.places.get(key) ?? this.places.size;
    if (place >= CONSTANTS_MAXIMUM)
      throw new Error(`expected at most ${CONSTANTS_MAXIMUM} constants, was more`);
    this.places.set(key, place);
    this.bytes.set(bytes, 16 * place);
    return load('v128', i32.of(0), this.at + 16 * place);
  }
}

/** The 32-bit words of a and b at four places: 0 to 3 are those of a, 4 to 7 those of b. */
function shuffleWords(a: V128, b: V128, places: readonly number[]): V128 {
  const bytes = places.flatMap((place) => [0, 1, 2, 3].map((byte) => 4 * place + byte));
  return {
    type: 'v128',
    emit: (code) => {
      a.emit(code);
      b.emit(code);
      code
        .byte(SIMD)
        .unsigned(0x0d)
        .byte(...bytes);
    },
  };
}

/** Four words. */
export const words = {
  splat: (a: I32): V128 => ({
    type: 'v128',
    emit: (code) => (a.emit(code), code.byte(SIMD).unsigned(0x11)),
  }),
  add: two(0xae),
  subtract: two(0xb1),
  and: two(0x4e),
  or: two(0x50),
  xor: two(0x51),
  shiftLeft: shift(0xab),
  shiftRight: shift(0xac),
  shiftRightUnsigned: shift(0xad),
  /** Products of 64 bits of the lower or upper two words. */
  multiplyLow: two(0xde),
  multiplyHigh: two(0xdf),
  shuffle: shuffleWords,
};

/** Two words of 64 bits. */
export const longs = {
  add: two(0xce),
  subtract: two(0xd1),
  shiftLeft: shift(0xcb),
  shiftRightUnsigned: shift(0xcd),
  /** The lower two words of four, without sign. */
  extend: one(0xc9),
};

/** The product of two 64-bit numbers, without what goes beyond. */
export function multiplyLong(a: I64, b: I64): I64 {
  return { type: 'i64', emit: (code) => (a.emit(code), b.emit(code), code.byte(0x7e)) };
}

/** The upper two words in the place of the lower. */
export function upperWords(a: V128): V128 {
  return shuffleWords(a, a, [2, 3, 2, 3]);
}
