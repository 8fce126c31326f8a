import type { SweepAxis } from '../service/contract.ts';

/** How many sets a grid has. */
export function gridSize(axes: readonly SweepAxis[]): number {
  return axes.reduce((total, axis) => total * axis.values.length, 1);
}

/** The parameters of set `index`; the last axis varies fastest. */
export function gridParameters(axes: readonly SweepAxis[], index: number): Record<string, number> {
  const parameters: Record<string, number> = {};
  let rest = index;
  for (const axis of axes.toReversed()) {
    parameters[axis.parameter] = axis.values[rest % axis.values.length];
    rest = Math.floor(rest / axis.values.length);
  }
  return parameters;
}
