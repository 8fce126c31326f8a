/** What adding or multiplying two doubles loses by rounding, exactly, if nothing leaves the range of doubles. */
function lostBySum(a: number, b: number, sum: number): number {
  const part = sum - a;
  return a - (sum - part) + (b - part);
}

function halvesOf(value: number): readonly [number, number] {
  const scaled = 134_217_729 * value;
  const high = scaled - (scaled - value);
  return [high, value - high];
}

function lostByProduct(a: number, b: number, product: number): number {
  const [[highA, lowA], [highB, lowB]] = [halvesOf(a), halvesOf(b)];
  return lowA * lowB - (product - highA * highB - lowA * highB - highA * lowB);
}

/** A finite double as a whole number times a power of two. */
function wholeOf(value: number): readonly [bigint, number] {
  const bits = new BigUint64Array(Float64Array.of(value).buffer)[0];
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  const magnitude = exponent === 0 ? fraction : fraction | (1n << 52n);
  return [value < 0 ? -magnitude : magnitude, Math.max(1, exponent) - 1075];
}

/** By whole numbers of any size, which become the nearest double once. */
function fusedExactly(a: number, b: number, c: number): number {
  const [[wholeA, powerA], [wholeB, powerB], [wholeC, powerC]] = [wholeOf(a), wholeOf(b), wholeOf(c)];
  const [product, power] = [wholeA * wholeB, powerA + powerB];
  const least = Math.min(power, powerC);
  const sum = (product << BigInt(power - least)) + (wholeC << BigInt(powerC - least));
  const length = sum.toString(2).length - (sum < 0n ? 1 : 0);
  // Of very long numbers 64 bits are kept, with one more for all that is cut off: more than enough to round by.
  const cut = Math.max(0, length - 64);
  const kept = sum >> BigInt(cut);
  const isCut = kept << BigInt(cut) !== sum;
  const found = Number(kept * 2n + (isCut ? 1n : 0n));
  const scale = least + cut - 1;
  const value = found * 2 ** Math.max(-1_000, scale) * 2 ** Math.min(0, scale + 1_000);
  if (found !== 0 && !(Math.abs(value) >= 2 ** -1_000 && Math.abs(value) <= 2 ** 1_000))
    throw new Error(`expected a fused result within 2^-1000 and 2^1000, was ${value}`);
  return value;
}

/** `a * b + c`, rounded to the nearest double once; only within the range in which kernels may use it. */
export function fused(a: number, b: number, c: number): number {
  const product = a * b;
  if (![product, c].every(Number.isFinite)) return product + c;
  const sum = product + c;
  const isInside = [a, b, product, c, sum].every(
    (value) => value === 0 || (Math.abs(value) > 2 ** -900 && Math.abs(value) < 2 ** 900),
  );
  const hasVanished = product === 0 && a !== 0 && b !== 0;
  if (isInside && !hasVanished) {
    const [lost, left] = [lostByProduct(a, b, product), lostBySum(product, c, sum)];
    // One rounding of what is exact otherwise.
    if (left === 0) return sum + lost;
    const rest = left + lost;
    if (lostBySum(left, lost, rest) === 0) return sum + rest;
  }
  return fusedExactly(a, b, c);
}

/** Only the upper half of a number is read, and only that of its reciprocal found, of which as many bits as devices promise are right. */
export function roughReciprocal(value: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setUint32(4, 0);
  view.setFloat64(0, 1 / view.getFloat64(0));
  view.setUint32(4, 0);
  return view.getFloat64(0);
}
