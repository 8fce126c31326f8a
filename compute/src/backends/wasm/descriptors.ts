import type { SweepAxis } from '../../service/contract.ts';

/** One entry of the descriptor of every set: what a kernel reads there, by the item that the set's place on every axis leads to. */
export interface DescriptorEntry {
  /** For each axis, how many items one step along it moves. */
  readonly strides: Int32Array;
  /** By item: an address or a whole number. */
  readonly integers?: Int32Array;
  /** By item: a number. */
  readonly numbers?: Float64Array;
}

/** Writes where each set of a tile finds its inputs, entry after entry and 8 bytes for each. */
export class DescriptorWriter {
  private readonly lengths: Int32Array;
  private readonly entries: readonly DescriptorEntry[];
  /** The place on every axis of the set that is written, and the item that it leads to by entry. */
  private readonly digits: Int32Array;
  private readonly items: Int32Array;

  constructor(axes: readonly SweepAxis[], entries: readonly DescriptorEntry[]) {
    this.lengths = Int32Array.from(axes, ({ values }) => values.length);
    this.entries = entries;
    this.digits = new Int32Array(axes.length);
    this.items = new Int32Array(entries.length);
  }

  /** Writes the descriptors of sets `fromIndex` to `fromIndex + count - 1` of the grid from `address` on. */
  write(buffer: ArrayBufferLike, address: number, fromIndex: number, count: number): void {
    const { entries, items } = this;
    const total = entries.length;
    const integers = new Int32Array(buffer, address, 2 * count * total);
    const numbers = new Float64Array(buffer, address, count * total);
    this.start(fromIndex);
    for (let set = 0, at = 0; set < count; set += 1) {
      for (let index = 0; index < total; index += 1, at += 1) {
        const entry = entries[index];
        if (entry.integers) integers[2 * at] = entry.integers[items[index]];
        else if (entry.numbers) numbers[at] = entry.numbers[items[index]];
      }
      this.advance();
    }
  }

  private start(set: number): void {
    const { lengths, digits, entries, items } = this;
    let rest = set;
    for (let axis = lengths.length - 1; axis >= 0; axis -= 1) {
      digits[axis] = rest % lengths[axis];
      rest = Math.floor(rest / lengths[axis]);
    }
    for (let index = 0; index < entries.length; index += 1) {
      items[index] = 0;
      for (let axis = 0; axis < digits.length; axis += 1)
        items[index] += digits[axis] * entries[index].strides[axis];
    }
  }

  /** Goes on to the next set: one step along the last axis, or where that is at its end, along the one before. */
  private advance(): void {
    const { lengths, digits, entries, items } = this;
    for (let axis = lengths.length - 1; axis >= 0; axis -= 1) {
      const isAtEnd = digits[axis] === lengths[axis] - 1;
      const step = isAtEnd ? -digits[axis] : 1;
      digits[axis] += step;
      for (let index = 0; index < entries.length; index += 1)
        items[index] += step * entries[index].strides[axis];
      if (!isAtEnd) return;
    }
  }
}
