import type { PtxWriter, Register } from './ptx.ts';

/** The upper halves of 2^-500 and of 2^500. */
const [LEAST, GREATEST] = [0x20b00000, 0x5f300000];

/**
 * `values[i] / before[i] - 1` for each, where before[i] is the value before; 0 where both are the same. Quotients are rounded to nearest by
 * Newton's iterations and a last correction (Markstein, "Computation of elementary functions on the IBM RISC System/6000", 1990), as
 * assemblers of CUDA do, but side by side: theirs come one after the other, since each may jump to what is for very large and very
 * small numbers. Here all of them take that jump at once.
 */
export function emitChanges(
  p: PtxWriter,
  before: Register<'f64'>,
  values: readonly Register<'f64'>[],
): readonly Register<'f64'>[] {
  const earlier = [before, ...values.slice(0, -1)];
  const changes = values.map((value, index) =>
    p.variable('f64', p.subtract('f64', quotient(p, value, earlier[index]), 1)),
  );
  const areOutside = [before, ...values].map((value) => isOutside(p, value));
  p.if(
    areOutside.reduce((any, each) => p.either(any, each)),
    () =>
      values.forEach((value, index) => {
        const isOther = p.compare('neu', 'f64', value, earlier[index]);
        const change = p.subtract('f64', p.divide(value, earlier[index]), 1);
        p.set(changes[index], p.choose(isOther, change, 0));
      }),
  );
  return changes;
}

/** Whether a number is not positive, or so small or large that a quotient could leave what is represented with all its bits. */
function isOutside(p: PtxWriter, value: Register<'f64'>): Register<'pred'> {
  const [, high] = p.halves(value);
  return p.compare('ge', 'u32', p.subtract('u32', high, LEAST), GREATEST - LEAST);
}

function quotient(p: PtxWriter, a: Register<'f64'>, b: Register<'f64'>): Register<'f64'> {
  const minusB = p.apply('negate', b);
  const start = p.apply('reciprocal', b);
  const off = p.fused(minusB, start, 1);
  const better = p.fused(start, p.fused(off, off, off), start);
  const inverse = p.fused(better, p.fused(minusB, better, 1), better);
  const found = p.multiply(a, inverse);
  return p.fused(inverse, p.fused(minusB, found, a), found);
}
