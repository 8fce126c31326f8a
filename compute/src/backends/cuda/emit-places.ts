import type { SlotPlaces } from './emit-state.ts';
import type { PlacedSlot, SlotLayout } from './layout.ts';
import type { PtxWriter, Register } from './ptx.ts';

/** How the places of inputs are found. */
export interface PlaceTerms {
  /** The place of each axis' value; null for axes that no input wanted here depends on. */
  readonly digits: readonly (Register<'u32'> | null)[];
  /** Where the memory begins that a slot's offset is counted in; null where the slot is not wanted. */
  readonly baseOf: (slot: number) => Register<'u64'> | null;
}

/** The places of the values of axes `own` in their item number `item`, of which the last axis steps first. */
export function emitDigits(
  p: PtxWriter,
  axisLengths: readonly number[],
  item: Register<'u32'>,
  own: readonly number[] = axisLengths.map((_, axis) => axis),
): (Register<'u32'> | null)[] {
  const rest = p.variable('u32', item);
  const digits: (Register<'u32'> | null)[] = axisLengths.map(() => null);
  for (const axis of own.toReversed()) {
    digits[axis] = p.whole('rem', rest, axisLengths[axis]);
    p.set(rest, p.whole('div', rest, axisLengths[axis]));
  }
  return digits;
}

/** Finds the inputs that belong to values of axes: the first bar or word of series, and numbers themselves. */
export function emitPlaces(
  p: PtxWriter,
  slots: readonly PlacedSlot[],
  layouts: readonly SlotLayout[],
  { digits, baseOf }: PlaceTerms,
): SlotPlaces {
  const addresses = slots.map((_, slot) => {
    const base = baseOf(slot);
    if (!base) return null;
    const { offset, itemBytes, axisStrides } = layouts[slot];
    const item = p.variable('u32', 0);
    axisStrides.forEach((stride, axis) => {
      if (stride > 0) p.set(item, p.add('u32', item, p.whole('mul.lo', digits[axis]!, stride)));
    });
    return p.add('u64', p.add('u64', base, offset), p.wide(item, itemBytes));
  });
  const loaded = <Type extends 'f64' | 'u32'>(kind: PlacedSlot['kind'], type: Type) =>
    addresses.map((at, slot) => (at && slots[slot].kind === kind ? p.load(type, at) : null));
  return {
    addresses,
    numbers: loaded('scalar', 'f64'),
    integers: loaded('integer', 'u32'),
    current: slots.map(() => null),
    strides: layouts.map(({ stepBytes }) => stepBytes),
  };
}
