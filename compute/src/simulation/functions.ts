/**
 * Functions that turn words into normals and log returns into gains, as fixed sequences of operations
 * without branches: a vector kernel does the same for all of its lanes and gets the same bits. Polynomials
 * of logarithm, sine and cosine are those of fdlibm 5.3 (Sun Microsystems, freely usable).
 */

const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;
/** Polynomial coefficients in double precision, the highest power first. */
export const DOUBLE = {
  logEven: [1.531383769920937332e-1, 2.222219843214978396e-1, 3.999999999940941908e-1],
  logOdd: [1.479819860511658591e-1, 1.818357216161805012e-1, 2.857142874366239149e-1, 6.66666666666673513e-1],
  sine: [
    1.58969099521155010221e-10, -2.50507602534068634195e-8, 2.75573137070700676789e-6,
    -1.98412698298579493134e-4, 8.33333333332248946124e-3, -1.66666666666666324348e-1,
  ],
  cosine: [
    -1.13596475577881948265e-11, 2.0875723212981748279e-9, -2.75573143513906633035e-7,
    2.48015872894767294178e-5, -1.38888888888741095749e-3, 4.16666666666666019037e-2,
  ],
  /** 1 / 12! ... 1 / 2! */
  exponential: [
    2.08767569878681e-9, 2.505210838544172e-8, 2.755731922398589e-7, 2.7557319223985893e-6,
    2.48015873015873e-5, 1.984126984126984e-4, 1.388888888888889e-3, 8.333333333333333e-3,
    4.1666666666666664e-2, 1.6666666666666666e-1, 0.5,
  ],
  ln2: [LN2_HIGH, LN2_LOW],
  /** Log returns beyond this are held to it: every power of two that is needed is a normal number. */
  exponentMaximum: 700,
} as const;

/** An eighth of a turn in the units of a word, and a unit in radians. */
export const EIGHTH_TURN = 2 ** 29;
export const RADIANS_PER_UNIT = 1.4629180792671596e-9;
/** A uniform is (half a word + 1/2) times this: never 0 and never 1. */
export const UNIFORM_STEP = 2 ** -31;

const doubles = new Float64Array(1);
const words = new Uint32Array(doubles.buffer);

/** The polynomial by Horner's rule. */
function polynomial(coefficients: readonly number[], x: number): number {
  let sum = coefficients[0];
  for (let index = 1; index < coefficients.length; index += 1) sum = sum * x + coefficients[index];
  return sum;
}

/** A number between 0 and 1, from the upper 31 bits of a word. */
export function uniform(word: number): number {
  return ((word >>> 1) + 0.5) * UNIFORM_STEP;
}

/** The natural logarithm of a positive normal number. */
export function logarithm(x: number): number {
  doubles[0] = x;
  const exponent = (words[1] >>> 20) - 1022;
  words[1] = (words[1] & 0x000fffff) | 0x3fe00000;
  const isSmall = doubles[0] < Math.SQRT1_2;
  const k = isSmall ? exponent - 1 : exponent;
  const f = (isSmall ? doubles[0] + doubles[0] : doubles[0]) - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const remainder = z * polynomial(DOUBLE.logOdd, w) + w * polynomial(DOUBLE.logEven, w);
  const half = 0.5 * f * f;
  return k * LN2_HIGH - (half - (s * (half + remainder) + k * LN2_LOW) - f);
}

/** Sine and cosine of word / 2^32 of a turn. */
export function sineCosine(word: number): readonly [number, number] {
  const shifted = (word + EIGHTH_TURN) >>> 0;
  const quadrant = shifted >>> 30;
  const x = ((shifted & 0x3fffffff) - EIGHTH_TURN) * RADIANS_PER_UNIT;
  const z = x * x;
  const sine = x + x * z * polynomial(DOUBLE.sine, z);
  const cosine = 1 - 0.5 * z + z * z * polynomial(DOUBLE.cosine, z);
  const [a, b] = quadrant & 1 ? [cosine, sine] : [sine, cosine];
  return [quadrant & 2 ? -a : a, (quadrant + 1) & 2 ? -b : b];
}

/** e to the power x, less 1: the gain of a log return. Exact at 0. */
export function gain(x: number): number {
  const held = Math.max(-DOUBLE.exponentMaximum, Math.min(DOUBLE.exponentMaximum, x));
  const n = roundEven(held * Math.LOG2E);
  const f = held - n * LN2_HIGH - n * LN2_LOW;
  const less1 = polynomial(DOUBLE.exponential, f) * f * f + f;
  const scale = 2 ** n;
  return scale * less1 + (scale - 1);
}

/** The nearest whole number, the even one of two that are as near; below 2^51 in size. */
function roundEven(x: number): number {
  const large = 6755399441055744;
  return x + large - large;
}
