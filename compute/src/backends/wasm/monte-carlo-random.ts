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

  /** The four normals of each draw, each as the vectors that hold the four paths. */
  normals(draws: readonly (readonly V128[])[]): V128[][][] {
    const { reals } = this;
    const parts = this.partsOf(draws.length);
    const out = draws.map((): V128[][] => [[], [], [], []]);
    for (let half = 0; half < 4; half += 2) {
      const uniforms = parts.map(({ draw, part }) => this.uniform(draws[draw][half], part));
      const radii = this.each(this.twiceLess(uniforms), (square) => reals.sqrt(square));
      const turns = this.sinesCosines(
        parts.map(({ draw, part }) => ({ drawn: draws[draw][half + 1], part })),
      );
      parts.forEach(({ draw }, index) => {
        const [sine, cosine] = turns[index];
        out[draw][half].push(this.f.let(reals.multiply(radii[index], cosine)));
        out[draw][half + 1].push(this.f.let(reals.multiply(radii[index], sine)));
      });
    }
    return out;
  }

  /** The vectors of so many draws: which draw, and which part of its four paths. */
  private partsOf(draws: number): { readonly draw: number; readonly part: number }[] {
    const each = this.reals.bytes / 4;
    return Array.from({ length: draws * each }, (_, index) => ({
      draw: Math.floor(index / each),
      part: index % each,
    }));
  }

  /** What the shocks of four paths are multiplied by to become Student t. */
  mixing(paths: V128, degreesOfFreedom: number): V128[] {
    const { f, reals } = this;
    const parts = this.partsOf(1).map(({ part }) => part);
    const uniforms = Math.floor(degreesOfFreedom / 2);
    const sums = parts.map(() => f.let(reals.of(0)));
    let drawn: V128[] = [];
    for (let index = 0; index < uniforms; index += 1) {
      if (index % 4 === 0) [drawn] = this.draw([paths], i32.of(index >> 2), STREAMS.mixing);
      const logarithms = this.logarithms(parts.map((part) => this.uniform(drawn[index & 3], part)));
      for (const part of parts) f.set(sums[part], reals.add(sums[part], logarithms[part]));
    }
    const squares = parts.map((part) => f.let(reals.multiply(reals.of(-2), sums[part])));
    if (degreesOfFreedom % 2 === 1) {
      [drawn] = this.draw([paths], i32.of((uniforms >> 2) + 1), STREAMS.mixing);
      const turns = this.sinesCosines(parts.map((part) => ({ drawn: drawn[1], part })));
      const less = this.twiceLess(parts.map((part) => this.uniform(drawn[0], part)));
      for (const part of parts) {
        const [, cosine] = turns[part];
        const more = reals.multiply(less[part], reals.multiply(cosine, cosine));
        f.set(squares[part], reals.add(squares[part], more));
      }
    }
    return squares.map((square) => f.let(reals.sqrt(reals.divide(reals.of(degreesOfFreedom - 2), square))));
  }

  /** e to the power x, less 1. */
  gains(xs: readonly V128[]): V128[] {
    const { f, reals } = this;
    const { exponential, ln2, exponentMaximum } = this.coefficients;
    const [most, least] = [this.constant(exponentMaximum), this.constant(-exponentMaximum)];
    const held = this.each(xs, (x) => reals.larger(reals.lesser(x, most), least));
    const log2 = this.constant(Math.LOG2E);
    const n = this.each(held, (x) => reals.nearest(reals.multiply(x, log2)));
    const [high, low] = [this.constant(ln2[0]), this.constant(ln2[1])];
    const r = this.each(held, (x, index) =>
      reals.subtract(reals.subtract(x, reals.multiply(n[index], high)), reals.multiply(n[index], low)),
    );
    const sums = this.polynomials(exponential, r);
    const unit = this.constant(1);
    return r.map((x, index) => {
      const square = reals.multiply(reals.multiply(sums[index], x), x);
      const scale = f.let(reals.powerOfTwo(n[index]));
      return reals.add(reals.multiply(scale, reals.add(square, x)), reals.subtract(scale, unit));
    });
  }

  /** A step of several vectors: they go step by step side by side, so that each constant is read once for all and none waits for another. */
  private each(given: readonly V128[], step: (value: V128, index: number) => V128): V128[] {
    return given.map((value, index) => this.f.let(step(value, index)));
  }

  /** A number in every place of a vector, read once. */
  private constant(value: number): V128 {
    return this.f.let(this.reals.of(value));
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
  private twiceLess(us: readonly V128[]): V128[] {
    const { reals } = this;
    return this.logarithms(us).map((logarithm) => reals.multiply(reals.of(-2), logarithm));
  }

  private polynomials(coefficients: readonly number[], xs: readonly V128[]): V128[] {
    const { f, reals } = this;
    const sums = xs.map(() => f.let(reals.of(coefficients[0])));
    for (const coefficient of coefficients.slice(1)) {
      const constant = this.constant(coefficient);
      sums.forEach((sum, index) => f.set(sum, reals.add(reals.multiply(sum, xs[index]), constant)));
    }
    return sums;
  }

  private logarithms(given: readonly V128[]): V128[] {
    const { reals } = this;
    const x = this.each(given, (value) => value);
    const mantissas = this.each(x, (value) => reals.mantissaOf(value));
    const edge = this.constant(Math.SQRT1_2);
    const areSmall = this.each(mantissas, (mantissa) => reals.less(mantissa, edge));
    // A mask is -1 where it holds.
    const k = this.each(x, (value, index) => reals.fromWhole(reals.exponentOf(value, areSmall[index])));
    const unit = this.constant(1);
    const r = this.each(mantissas, (mantissa, index) =>
      reals.subtract(reals.add(mantissa, words.and(mantissa, areSmall[index])), unit),
    );
    return reals.precision === 'DOUBLE' ? this.doubleLogarithms(k, r) : this.singleLogarithms(k, r);
  }

  private singleLogarithms(k: readonly V128[], r: readonly V128[]): V128[] {
    const { reals } = this;
    const z = this.each(r, (value) => reals.multiply(value, value));
    const sums = this.polynomials(SINGLE.logarithm, r);
    return this.each(r, (value, index) => {
      const tail = reals.multiply(reals.multiply(sums[index], value), z[index]);
      const withLow = reals.add(tail, reals.multiply(k[index], reals.of(SINGLE.ln2[1])));
      const corrected = reals.subtract(withLow, reals.multiply(z[index], reals.of(0.5)));
      return reals.add(reals.add(value, corrected), reals.multiply(k[index], reals.of(SINGLE.ln2[0])));
    });
  }

  private doubleLogarithms(k: readonly V128[], r: readonly V128[]): V128[] {
    const { reals } = this;
    const { multiply, add, subtract } = reals;
    const s = this.each(r, (value) => reals.divide(value, add(reals.of(2), value)));
    const z = this.each(s, (value) => multiply(value, value));
    const w = this.each(z, (value) => multiply(value, value));
    const odd = this.polynomials(DOUBLE.logOdd, w);
    const even = this.polynomials(DOUBLE.logEven, w);
    const half = this.each(r, (value) => multiply(multiply(reals.of(0.5), value), value));
    return this.each(r, (value, index) => {
      const remainder = add(multiply(z[index], odd[index]), multiply(w[index], even[index]));
      const low = add(
        multiply(s[index], add(half[index], remainder)),
        multiply(k[index], reals.of(DOUBLE.ln2[1])),
      );
      const rest = subtract(subtract(half[index], low), value);
      return subtract(multiply(k[index], reals.of(DOUBLE.ln2[0])), rest);
    });
  }

  /** Sine and cosine of each part of a drawn word, as a turn. */
  private sinesCosines(
    given: readonly { readonly drawn: V128; readonly part: number }[],
  ): (readonly [V128, V128])[] {
    const { f, reals } = this;
    const { sine, cosine } = this.coefficients;
    const shifted = given.map(({ drawn }) => f.let(words.add(drawn, reals.pool.word(EIGHTH_TURN))));
    const quadrants = this.each(shifted, (value, index) =>
      reals.widen(words.shiftRightUnsigned(value, 30), given[index].part),
    );
    const x = this.each(shifted, (value, index) => {
      const within = words.shiftRightUnsigned(words.shiftLeft(value, 2), 2);
      const centred = words.subtract(within, reals.pool.word(EIGHTH_TURN));
      return reals.multiply(reals.fromWords(centred, given[index].part), reals.of(RADIANS_PER_UNIT));
    });
    const z = this.each(x, (value) => reals.multiply(value, value));
    const sinesOf = this.polynomials(sine, z);
    const sines = this.each(x, (value, index) =>
      reals.add(value, reals.multiply(reals.multiply(value, z[index]), sinesOf[index])),
    );
    const cosinesOf = this.polynomials(cosine, z);
    const cosines = this.each(z, (value, index) => {
      const flat = reals.subtract(reals.of(1), reals.multiply(reals.of(0.5), value));
      return reals.add(flat, reals.multiply(reals.multiply(value, value), cosinesOf[index]));
    });
    return quadrants.map((quadrant, index) => {
      const isOdd = reals.maskOfLowBit(quadrant);
      const differ = f.let(words.and(words.xor(sines[index], cosines[index]), isOdd));
      // The sign of the sine is bit 1 of the quadrant; that of the cosine is bit 1 of the quadrant after.
      const sineSign = reals.signBit(quadrant, 1);
      const cosineSign = words.xor(reals.signBit(quadrant, 1), reals.signBit(quadrant, 0));
      return [
        f.let(words.xor(words.xor(sines[index], differ), sineSign)),
        f.let(words.xor(words.xor(cosines[index], differ), cosineSign)),
      ];
    });
  }
}
