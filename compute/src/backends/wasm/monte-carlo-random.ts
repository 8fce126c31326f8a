import { DOUBLE, EIGHTH_TURN, RADIANS_PER_UNIT, UNIFORM_STEP } from '../../simulation/functions.ts';
import { MULTIPLIERS, ROUNDS } from '../../simulation/philox.ts';
import { STREAMS } from '../../simulation/random.ts';
import { type FunctionBuilder, i32, type I32, load, type V128 } from './builder.ts';
import type { Reals } from './monte-carlo-reals.ts';
import { words } from './monte-carlo-vectors.ts';

/** Paths that one call of the generator serves. */
export const PATHS_PER_DRAW = 4;

/** Polynomials that are enough for single precision, from Cephes' logf, sinf, cosf and expf (S. Moshier). */
const SINGLE = {
  logarithm: [
    7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
    2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
  ],
  sine: [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1],
  cosine: [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2],
  exponential: [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 0.5],
  ln2: [6.93359375e-1, -2.1219444e-4],
  exponentMaximum: 80,
} as const;

/** Puts random numbers and functions of numbers of one precision into a function, step by step as the reference has them. */
export class RandomEmitter {
  readonly reals: Reals;
  private readonly f: FunctionBuilder;
  private readonly roundKeys: I32;
  private readonly coefficients: typeof DOUBLE | typeof SINGLE;

  /** `roundKeysAt` is where the two words of each round's key lie, each four times. */
  constructor(f: FunctionBuilder, reals: Reals, roundKeysAt: number) {
    this.f = f;
    this.reals = reals;
    this.roundKeys = i32.of(roundKeysAt);
    this.coefficients = reals.precision === 'DOUBLE' ? DOUBLE : SINGLE;
  }

  /**
   * Four words of each of four paths, for several fours of paths: their rounds alternate, for each waits long
   * for the one before.
   */
  draw(groups: readonly V128[], block: I32, stream: number): V128[][] {
    const { f, reals } = this;
    const blocks = words.splat(block);
    let states = groups.map((paths) => [paths, blocks, reals.pool.word(stream), reals.pool.word(0)]);
    for (let round = 0; round < ROUNDS; round += 1) {
      const key = (half: number) => load('v128', this.roundKeys, 16 * (2 * round + half));
      states = states.map(([c0, c1, c2, c3]) => {
        const [high0, low0] = this.product(c0, MULTIPLIERS[0]);
        const [high1, low1] = this.product(c2, MULTIPLIERS[1]);
        return [
          f.let(words.xor(words.xor(high1, c1), key(0))),
          low1,
          f.let(words.xor(words.xor(high0, c3), key(1))),
          low0,
        ];
      });
    }
    return states;
  }

  /** The four normals of a draw, each as the vectors that hold the four paths. */
  normals(drawn: readonly V128[]): V128[][] {
    const out: V128[][] = [[], [], [], []];
    for (let half = 0; half < 4; half += 2) {
      for (let part = 0; part < this.reals.bytes / 4; part += 1) {
        const radius = this.f.let(this.reals.sqrt(this.twiceLess(this.uniform(drawn[half], part))));
        const [sine, cosine] = this.sineCosine(drawn[half + 1], part);
        out[half].push(this.f.let(this.reals.multiply(radius, cosine)));
        out[half + 1].push(this.f.let(this.reals.multiply(radius, sine)));
      }
    }
    return out;
  }

  /** What the shocks of four paths are multiplied by to become Student t. */
  mixing(paths: V128, degreesOfFreedom: number): V128[] {
    const { f, reals } = this;
    const parts = Array.from({ length: reals.bytes / 4 }, (_, part) => part);
    const uniforms = Math.floor(degreesOfFreedom / 2);
    const sums = parts.map(() => f.let(reals.of(0)));
    let drawn: V128[] = [];
    for (let index = 0; index < uniforms; index += 1) {
      if (index % 4 === 0) [drawn] = this.draw([paths], i32.of(index >> 2), STREAMS.mixing);
      for (const part of parts)
        f.set(sums[part], reals.add(sums[part], this.logarithm(this.uniform(drawn[index & 3], part))));
    }
    const squares = parts.map((part) => f.let(reals.multiply(reals.of(-2), sums[part])));
    if (degreesOfFreedom % 2 === 1) {
      [drawn] = this.draw([paths], i32.of((uniforms >> 2) + 1), STREAMS.mixing);
      for (const part of parts) {
        const [, cosine] = this.sineCosine(drawn[1], part);
        const square = reals.multiply(cosine, cosine);
        const more = reals.multiply(this.twiceLess(this.uniform(drawn[0], part)), square);
        f.set(squares[part], reals.add(squares[part], more));
      }
    }
    return squares.map((square) => f.let(reals.sqrt(reals.divide(reals.of(degreesOfFreedom - 2), square))));
  }

  /** e to the power x, less 1. */
  gain(x: V128): V128 {
    const { f, reals } = this;
    const { exponential, ln2, exponentMaximum } = this.coefficients;
    const held = f.let(reals.larger(reals.lesser(x, reals.of(exponentMaximum)), reals.of(-exponentMaximum)));
    const n = f.let(reals.nearest(reals.multiply(held, reals.of(Math.LOG2E))));
    const rest = reals.subtract(
      reals.subtract(held, reals.multiply(n, reals.of(ln2[0]))),
      reals.multiply(n, reals.of(ln2[1])),
    );
    const r = f.let(rest);
    const square = reals.multiply(reals.multiply(this.polynomial(exponential, r), r), r);
    const scale = f.let(reals.powerOfTwo(n));
    return reals.add(reals.multiply(scale, reals.add(square, r)), reals.subtract(scale, reals.of(1)));
  }

  /** Upper and lower halves of the products with a constant. */
  private product(a: V128, multiplier: number): [V128, V128] {
    const constant = this.reals.pool.word(multiplier);
    const low = this.f.let(words.multiplyLow(a, constant));
    const high = this.f.let(words.multiplyHigh(a, constant));
    return [
      this.f.let(words.shuffle(low, high, [1, 3, 5, 7])),
      this.f.let(words.shuffle(low, high, [0, 2, 4, 6])),
    ];
  }

  private uniform(drawn: V128, part: number): V128 {
    const { reals } = this;
    const whole = reals.fromWords(words.shiftRightUnsigned(drawn, 1), part);
    return reals.multiply(reals.add(whole, reals.of(0.5)), reals.of(UNIFORM_STEP));
  }

  /** -2 log u. */
  private twiceLess(u: V128): V128 {
    return this.reals.multiply(this.reals.of(-2), this.logarithm(u));
  }

  private polynomial(coefficients: readonly number[], x: V128): V128 {
    const { reals } = this;
    return coefficients
      .map((coefficient) => reals.of(coefficient))
      .reduce((sum, coefficient) => reals.add(reals.multiply(sum, x), coefficient));
  }

  private logarithm(given: V128): V128 {
    const { f, reals } = this;
    const x = f.let(given);
    const mantissa = f.let(reals.mantissaOf(x));
    const isSmall = f.let(reals.less(mantissa, reals.of(Math.SQRT1_2)));
    // A mask is -1 where it holds.
    const k = f.let(reals.fromWhole(reals.exponentOf(x, isSmall)));
    const doubled = reals.add(mantissa, words.and(mantissa, isSmall));
    const r = f.let(reals.subtract(doubled, reals.of(1)));
    if (reals.precision === 'DOUBLE') return this.doubleLogarithm(k, r);
    const z = f.let(reals.multiply(r, r));
    const tail = reals.multiply(reals.multiply(this.polynomial(SINGLE.logarithm, r), r), z);
    const withLow = reals.add(tail, reals.multiply(k, reals.of(SINGLE.ln2[1])));
    const corrected = reals.subtract(withLow, reals.multiply(z, reals.of(0.5)));
    return f.let(reals.add(reals.add(r, corrected), reals.multiply(k, reals.of(SINGLE.ln2[0]))));
  }

  private doubleLogarithm(k: V128, r: V128): V128 {
    const { f, reals } = this;
    const { multiply, add, subtract } = reals;
    const s = f.let(reals.divide(r, add(reals.of(2), r)));
    const z = f.let(multiply(s, s));
    const w = f.let(multiply(z, z));
    const odd = multiply(z, this.polynomial(DOUBLE.logOdd, w));
    const remainder = add(odd, multiply(w, this.polynomial(DOUBLE.logEven, w)));
    const half = f.let(multiply(multiply(reals.of(0.5), r), r));
    const low = add(multiply(s, add(half, remainder)), multiply(k, reals.of(DOUBLE.ln2[1])));
    const rest = subtract(subtract(half, low), r);
    return f.let(subtract(multiply(k, reals.of(DOUBLE.ln2[0])), rest));
  }

  private sineCosine(drawn: V128, part: number): [V128, V128] {
    const { f, reals } = this;
    const { sine, cosine } = this.coefficients;
    const shifted = f.let(words.add(drawn, reals.pool.word(EIGHTH_TURN)));
    const quadrant = f.let(reals.widen(words.shiftRightUnsigned(shifted, 30), part));
    const within = words.shiftRightUnsigned(words.shiftLeft(shifted, 2), 2);
    const centred = words.subtract(within, reals.pool.word(EIGHTH_TURN));
    const x = f.let(reals.multiply(reals.fromWords(centred, part), reals.of(RADIANS_PER_UNIT)));
    const z = f.let(reals.multiply(x, x));
    const sineOf = f.let(reals.add(x, reals.multiply(reals.multiply(x, z), this.polynomial(sine, z))));
    const flat = reals.subtract(reals.of(1), reals.multiply(reals.of(0.5), z));
    const cosineOf = f.let(reals.add(flat, reals.multiply(reals.multiply(z, z), this.polynomial(cosine, z))));
    const isOdd = f.let(reals.maskOfLowBit(quadrant));
    const differ = f.let(words.and(words.xor(sineOf, cosineOf), isOdd));
    // The sign of the sine is bit 1 of the quadrant; that of the cosine is bit 1 of the quadrant after.
    const sineSign = reals.signBit(quadrant, 1);
    const cosineSign = words.xor(reals.signBit(quadrant, 1), reals.signBit(quadrant, 0));
    return [
      f.let(words.xor(words.xor(sineOf, differ), sineSign)),
      f.let(words.xor(words.xor(cosineOf, differ), cosineSign)),
    ];
  }
}
