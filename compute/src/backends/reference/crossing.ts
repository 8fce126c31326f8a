import type { Kernel } from './kernel.ts';

/** A kernel that looks at two series on the bar before and on this one; false on the first bar. */
export function crossing(
  crosses: (beforeA: number, beforeB: number, a: number, b: number) => boolean,
): Kernel {
  return ({ length, series }) => {
    const [a, b] = [series(0), series(1)];
    const out = new Float64Array(length);
    for (let t = 1; t < length; t += 1) out[t] = crosses(a[t - 1], b[t - 1], a[t], b[t]) ? 1 : 0;
    return out;
  };
}
