/**
 * Logarithm, exponential and power as fixed sequences of operations on doubles, so that every backend gives
 * the same bits whatever its engine's or device's own functions give. Logarithm and exponential follow
 * fdlibm 5.3, e_log.c and e_exp.c (Sun Microsystems, freely usable): errors below 1 unit in the last place.
 */

const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;
const TWO_TO_54 = 18014398509481984;

const view = new DataView(new ArrayBuffer(8));

function highWord(x: number): number {
  view.setFloat64(0, x);
  return view.getInt32(0);
}

function withHighWord(x: number, high: number): number {
  view.setFloat64(0, x);
  view.setInt32(0, high);
  return view.getFloat64(0);
}

/** 2 to the whole power k, for k in -1022 .. 1023. */
function powerOfTwo(k: number): number {
  view.setInt32(0, (k + 1023) << 20);
  view.setInt32(4, 0);
  return view.getFloat64(0);
}

/** The natural logarithm; NaN at or below 0. */
export function log(x: number): number {
  if (!(x > 0)) return NaN;
  if (x === Infinity) return x;
  const isSubnormal = highWord(x) < 0x00100000;
  const scaled = isSubnormal ? x * TWO_TO_54 : x;
  const high = highWord(scaled);
  const mantissa = high & 0x000fffff;
  // Brings the mantissa into sqrt(2) / 2 .. sqrt(2).
  const carry = (mantissa + 0x95f64) & 0x100000;
  const k = (isSubnormal ? -54 : 0) + (high >> 20) - 1023 + (carry >> 20);
  const f = withHighWord(scaled, mantissa | (carry ^ 0x3ff00000)) - 1;
  if ((0x000fffff & (2 + mantissa)) < 3) {
    if (f === 0) return k * LN2_HIGH + k * LN2_LOW;
    const r = f * f * (0.5 - 0.3333333333333333 * f);
    return k === 0 ? f - r : k * LN2_HIGH - (r - k * LN2_LOW - f);
  }
  const s = f / (2 + f);
  const r = logRemainder(s);
  if (((mantissa - 0x6147a) | (0x6b851 - mantissa)) > 0) {
    const half = 0.5 * f * f;
    if (k === 0) return f - (half - s * (half + r));
    return k * LN2_HIGH - (half - (s * (half + r) + k * LN2_LOW) - f);
  }
  if (k === 0) return f - s * (f - r);
  return k * LN2_HIGH - (s * (f - r) - k * LN2_LOW - f);
}

function logRemainder(s: number): number {
  const z = s * s;
  const w = z * z;
  const even = w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1));
  const odd =
    z *
    (6.66666666666673513e-1 +
      w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)));
  return odd + even;
}

/** e to the power x. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (x > 7.09782712893383973096e2) return Infinity;
  if (x < -7.4513321910194110842e2) return 0;
  const size = x < 0 ? -x : x;
  if (size < 3.725290298461914e-9) return 1 + x;
  let [k, high, low] = [0, x, 0];
  if (size > 0.34657359027997264) {
    k =
      size < 1.0397207708399179
        ? x < 0
          ? -1
          : 1
        : Math.trunc(1.442695040888963387 * x + (x < 0 ? -0.5 : 0.5));
    high = x - k * LN2_HIGH;
    low = k * LN2_LOW;
  }
  const r = high - low;
  const c = r - expRemainder(r * r);
  if (k === 0) return 1 - ((r * c) / (c - 2) - r);
  const y = 1 - (low - (r * c) / (2 - c) - high);
  if (k === 1024) return y * 2 * powerOfTwo(1023);
  return k >= -1021 ? y * powerOfTwo(k) : y * powerOfTwo(k + 1000) * powerOfTwo(-1000);
}

function expRemainder(t: number): number {
  const inner = 6.61375632143793436117e-5 + t * (-1.6533902205465251539e-6 + t * 4.13813679705723846039e-8);
  return t * (1.66666666666666019037e-1 + t * (-2.77777777770155933842e-3 + t * inner));
}

const WHOLE_POWER_MAXIMUM = 1024;

/**
 * a to the power b: repeated squaring where b is whole and at most 1024 in magnitude, otherwise exp(b log a),
 * whose relative error grows with |b log a|. NaN where that is no number or infinite: a negative a with a b
 * that is not whole, 0 with a negative b.
 */
export function power(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return NaN;
  const size = b < 0 ? -b : b;
  if (size <= WHOLE_POWER_MAXIMUM && Math.trunc(size) === size) {
    let result = 1;
    let square = a;
    for (let left = size; left > 0; left = Math.floor(left / 2)) {
      if (left % 2 === 1) result *= square;
      square *= square;
    }
    if (b >= 0) return result;
    return result === 0 ? NaN : 1 / result;
  }
  if (a === 0) return b > 0 ? 0 : NaN;
  return exp(b * log(a));
}
