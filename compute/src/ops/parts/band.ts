import type { ApplyOp } from '../define.ts';

/** The simple mean of the source moved by so many population standard deviations up or down. */
export function band(
  apply: ApplyOp,
  [source, bars, deviations]: readonly number[],
  side: 'add' | 'subtract',
): number {
  return apply(side, apply('sma', source, bars), apply('multiply', deviations, apply('stdev', source, bars)));
}
