import { DOUBLE, EIGHTH_TURN, RADIANS_PER_UNIT, UNIFORM_STEP } from '../../simulation/functions.ts';
import { KEY_STEPS, MULTIPLIERS, ROUNDS } from '../../simulation/philox.ts';
import { STREAMS } from '../../simulation/random.ts';
import type { Operand, PtxWriter, Register } from './ptx.ts';

type F64 = Register<'f64'>;
type U32 = Register<'u32'>;
type Four = readonly [U32, U32, U32, U32];

/** The upper half of 1/2, whose bits begin a number from 1/2 to 1, and the bits of a fraction in an upper half. */
const [HALF_EXPONENT, FRACTION_MASK] = [0x3fe00000, 0x000fffff];
const [EXPONENT_SHIFT, EXPONENT_BIAS] = [20, 1023];
/** Added and taken off again, it leaves the nearest whole number. */
const ROUNDING = 6755399441055744;

/** Draws and functions of one path, with the operations of simulation/random.ts and simulation/functions.ts in their order. */
export class PathMath {
  private readonly p: PtxWriter;
  private readonly path: U32;
  private readonly key: readonly [U32, U32];

  constructor(p: PtxWriter, path: U32, key: readonly [U32, U32]) {
    this.p = p;
    this.path = path;
    this.key = key;
  }

  /** Four words of Philox4x32-10 for the counter (path, block, stream, 0). */
  draw(block: Operand<'u32'>, stream: number): Four {
    const { p } = this;
    const word = (value: Operand<'u32'>) => p.variable('u32', value);
    let [c0, c1, c2, c3]: Four = [this.path, word(block), word(stream), word(0)];
    let [k0, k1] = this.key;
    for (let round = 0; round < ROUNDS; round += 1) {
      const product = (name: 'mul.hi' | 'mul.lo', a: U32, index: 0 | 1) =>
        p.whole(name, a, MULTIPLIERS[index]);
      const [high0, low0] = [product('mul.hi', c0, 0), product('mul.lo', c0, 0)];
      const [high1, low1] = [product('mul.hi', c2, 1), product('mul.lo', c2, 1)];
      const mixed = (high: U32, other: U32, key: U32) => p.whole('xor', p.whole('xor', high, other), key);
      [c0, c1, c2, c3] = [mixed(high1, c1, k0), low1, mixed(high0, c3, k1), low0];
      if (round < ROUNDS - 1) [k0, k1] = [p.add('u32', k0, KEY_STEPS[0]), p.add('u32', k1, KEY_STEPS[1])];
    }
    return [c0, c1, c2, c3];
  }

  /** Four standard normals. */
  normals(block: Operand<'u32'>): readonly F64[] {
    const words = this.draw(block, STREAMS.shocks);
    return [0, 2].flatMap((half) => {
      const radius = this.p.apply('sqrt', this.p.multiply(-2, this.logarithm(this.uniform(words[half]))));
      const [sine, cosine] = this.sineCosine(words[half + 1]);
      return [this.p.multiply(radius, cosine), this.p.multiply(radius, sine)];
    });
  }

  /** What the shocks of a path are multiplied by to become Student t. */
  mixing(degreesOfFreedom: number): F64 {
    const { p } = this;
    const uniforms = Math.floor(degreesOfFreedom / 2);
    let logarithms = p.variable('f64', 0);
    let words: Four | undefined;
    for (let index = 0; index < uniforms; index += 1) {
      if (index % 4 === 0) words = this.draw(index / 4, STREAMS.mixing);
      logarithms = p.add('f64', logarithms, this.logarithm(this.uniform(words![index % 4])));
    }
    let chiSquare = p.multiply(-2, logarithms);
    if (degreesOfFreedom % 2 === 1) {
      const own = this.draw((uniforms >> 2) + 1, STREAMS.mixing);
      const [, cosine] = this.sineCosine(own[1]);
      const square = p.multiply(
        p.multiply(-2, this.logarithm(this.uniform(own[0]))),
        p.multiply(cosine, cosine),
      );
      chiSquare = p.add('f64', chiSquare, square);
    }
    return p.apply('sqrt', p.divide(degreesOfFreedom - 2, chiSquare));
  }

  /** e to the power x, less 1. */
  gain(x: F64): F64 {
    const { p } = this;
    const most = DOUBLE.exponentMaximum;
    const below = p.choose(p.compare('gt', 'f64', x, most), most, x);
    const held = p.choose(p.compare('lt', 'f64', below, -most), -most, below);
    const n = p.subtract('f64', p.add('f64', p.multiply(held, Math.LOG2E), ROUNDING), ROUNDING);
    const [high, low] = DOUBLE.ln2;
    const f = p.subtract('f64', p.subtract('f64', held, p.multiply(n, high)), p.multiply(n, low));
    const powers = p.multiply(p.multiply(this.polynomial(DOUBLE.exponential, f), f), f);
    const less1 = p.add('f64', powers, f);
    const exponent = p.toWhole(p.add('f64', n, EXPONENT_BIAS));
    const scale = p.ofHalves(p.variable('u32', 0), p.whole('shl', exponent, EXPONENT_SHIFT));
    return p.add('f64', p.multiply(scale, less1), p.subtract('f64', scale, 1));
  }

  private uniform(word: U32): F64 {
    const { p } = this;
    return p.multiply(p.add('f64', p.toDouble(p.whole('shr', word, 1)), 0.5), UNIFORM_STEP);
  }

  private logarithm(x: F64): F64 {
    const { p } = this;
    const [low, high] = p.halves(x);
    const exponent = p.subtract('f64', p.toDouble(p.whole('shr', high, EXPONENT_SHIFT)), EXPONENT_BIAS - 1);
    // The fraction's bits and those of 1/2 do not meet: their sum is both.
    const fraction = p.add('u32', p.whole('and', high, FRACTION_MASK), HALF_EXPONENT);
    const m = p.ofHalves(low, fraction);
    const isSmall = p.compare('lt', 'f64', m, Math.SQRT1_2);
    const k = p.choose(isSmall, p.subtract('f64', exponent, 1), exponent);
    const f = p.subtract('f64', p.choose(isSmall, p.add('f64', m, m), m), 1);
    const s = p.divide(f, p.add('f64', 2, f));
    const z = p.multiply(s, s);
    const w = p.multiply(z, z);
    const odd = p.multiply(z, this.polynomial(DOUBLE.logOdd, w));
    const remainder = p.add('f64', odd, p.multiply(w, this.polynomial(DOUBLE.logEven, w)));
    const half = p.multiply(p.multiply(0.5, f), f);
    const [ln2High, ln2Low] = DOUBLE.ln2;
    const inner = p.add('f64', p.multiply(s, p.add('f64', half, remainder)), p.multiply(k, ln2Low));
    return p.subtract('f64', p.multiply(k, ln2High), p.subtract('f64', p.subtract('f64', half, inner), f));
  }

  /** Sine and cosine of word / 2^32 of a turn. */
  private sineCosine(word: U32): readonly [F64, F64] {
    const { p } = this;
    const shifted = p.add('u32', word, EIGHTH_TURN);
    const quadrant = p.whole('shr', shifted, 30);
    const inside = p.toDouble(p.whole('and', shifted, 0x3fffffff));
    const x = p.multiply(p.subtract('f64', inside, EIGHTH_TURN), RADIANS_PER_UNIT);
    const z = p.multiply(x, x);
    const sine = p.add('f64', x, p.multiply(p.multiply(x, z), this.polynomial(DOUBLE.sine, z)));
    const first = p.subtract('f64', 1, p.multiply(0.5, z));
    const cosine = p.add('f64', first, p.multiply(p.multiply(z, z), this.polynomial(DOUBLE.cosine, z)));
    const has = (bits: U32, bit: number) => p.compare('ne', 'u32', p.whole('and', bits, bit), 0);
    const isSwapped = has(quadrant, 1);
    const negated = (condition: Register<'pred'>, value: F64) =>
      p.choose(condition, p.apply('negate', value), value);
    return [
      negated(has(quadrant, 2), p.choose(isSwapped, cosine, sine)),
      negated(has(p.add('u32', quadrant, 1), 2), p.choose(isSwapped, sine, cosine)),
    ];
  }

  private polynomial(coefficients: readonly number[], x: F64): F64 {
    const { p } = this;
    let sum = p.multiply(coefficients[0], x);
    for (let index = 1; index < coefficients.length; index += 1) {
      if (index > 1) sum = p.multiply(sum, x);
      sum = p.add('f64', sum, coefficients[index]);
    }
    return sum;
  }
}
