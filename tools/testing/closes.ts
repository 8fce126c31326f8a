import fc from 'fast-check';

const bits = new DataView(new ArrayBuffer(8));

/** Positive closes of which many are equal, next to each other by their last digit, or as far below the peak as the deepest before. */
export function closesWithTies(size: fc.ArrayConstraints): fc.Arbitrary<Float64Array<ArrayBuffer>> {
  const price = fc.double({ min: 0.01, max: 1_000, noNaN: true });
  const step = fc.oneof(
    { weight: 3, arbitrary: price.map((value) => () => value) },
    fc.constantFrom(5e-324, 1e-310, 1.7e308).map((value) => () => value),
    fc
      .integer({ min: -2, max: 2 })
      .map((digits) => (closes: readonly number[]) => moved(closes.at(-1) ?? 1, digits)),
    fc
      .integer({ min: -1, max: 1 })
      .map((digits) => (closes: readonly number[]) => deepestAgain(closes, digits)),
  );
  return fc.array(step, { minLength: 1, ...size }).map((steps) => {
    const closes: number[] = [];
    for (const next of steps) closes.push(next(closes));
    return Float64Array.from(closes);
  });
}

function deepestAgain(closes: readonly number[], digits: number): number {
  let [peak, ratio] = [1, 1];
  for (const close of closes) {
    peak = Math.max(peak, close);
    ratio = Math.min(ratio, close / peak);
  }
  return moved(ratio * peak, digits);
}

/** So many doubles further on, where that is a positive number. */
function moved(value: number, digits: number): number {
  bits.setFloat64(0, value);
  const first = bits.getBigInt64(0) + BigInt(digits);
  bits.setBigInt64(0, first > 0n ? first : 1n);
  const found = bits.getFloat64(0);
  return Number.isFinite(found) ? found : value;
}
