/** What the two halves of a counter are multiplied by, and what a key grows by each round. */
export const MULTIPLIERS = [0xd2511f53, 0xcd9e8d57] as const;
export const KEY_STEPS = [0x9e3779b9, 0xbb67ae85] as const;
export const ROUNDS = 10;

/** The two 32-bit words of a seed: a whole number from 0 to 2^53 - 1. */
export function keyOf(seed: number): readonly [number, number] {
  return [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0];
}

/**
 * Philox4x32-10 (Salmon et al. 2011): four random words for a counter of four words and a key of two.
 * The same counter gives the same words wherever and in whatever order it is asked for.
 */
export function philox(counter: Uint32Array, key: readonly [number, number], out: Uint32Array): void {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < ROUNDS; round += 1) {
    const [high0, low0] = [multiplyHigh(c0, MULTIPLIERS[0]), Math.imul(c0, MULTIPLIERS[0])];
    const [high1, low1] = [multiplyHigh(c2, MULTIPLIERS[1]), Math.imul(c2, MULTIPLIERS[1])];
    [c0, c1, c2, c3] = [(high1 ^ c1 ^ k0) >>> 0, low1 >>> 0, (high0 ^ c3 ^ k1) >>> 0, low0 >>> 0];
    k0 = (k0 + KEY_STEPS[0]) >>> 0;
    k1 = (k1 + KEY_STEPS[1]) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** The upper 32 bits of the product of two words. */
export function multiplyHigh(a: number, b: number): number {
  const [lowA, highA, lowB, highB] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = highA * lowB + Math.floor((lowA * lowB) / 0x10000);
  const carry = lowA * highB + (middle % 0x10000);
  return highA * highB + Math.floor(middle / 0x10000) + Math.floor(carry / 0x10000);
}
