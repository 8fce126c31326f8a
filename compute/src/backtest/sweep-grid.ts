import type { SweepAxis } from '../service/contract.ts';

/** How many sets a grid has. */
export function gridSize(axes: readonly SweepAxis[]): number {
  return axes.reduce((total, axis) => total * axis.values.length, 1);
}

/** The parameters of set `index`; the last axis varies fastest. */
export function gridParameters(axes: readonly SweepAxis[], index: number): Record<string, number> {
  let rest = index;
  const picked = axes.toReversed().map(({ parameter, values }): [string, number] => {
    const place = rest % values.length;
    rest = Math.floor(rest / values.length);
    return [parameter, values[place]];
  });
  return Object.fromEntries(picked.toReversed());
}
