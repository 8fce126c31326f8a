import type { SweepAxis } from '../../service/contract.ts';
import type { Slot } from './slots.ts';

/** The values of the axes of distinct combination `index` of a slot. */
export function slotParameters(
  slot: Pick<Slot, 'axes'>,
  axes: readonly SweepAxis[],
  index: number,
): Record<string, number> {
  let rest = index;
  const picked: Record<string, number> = {};
  for (const axis of slot.axes.toReversed()) {
    const { parameter, values } = axes[axis];
    picked[parameter] = values[rest % values.length];
    rest = Math.floor(rest / values.length);
  }
  return picked;
}

/** For each axis, how far one step along it moves the slot's combination; 0 where the slot does not depend on it. */
export function slotStrides(slot: Pick<Slot, 'axes'>, axes: readonly SweepAxis[]): Int32Array {
  const strides = new Int32Array(axes.length);
  let stride = 1;
  for (const axis of slot.axes.toReversed()) {
    strides[axis] = stride;
    stride *= axes[axis].values.length;
  }
  return strides;
}
