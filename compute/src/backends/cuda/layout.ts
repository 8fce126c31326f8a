import type { SweepAxis } from '../../service/contract.ts';
import { slotStrides } from '../wasm/slot-items.ts';
import type { Slot } from '../wasm/slots.ts';

/** Open, high, low and close of one bar, side by side. */
export const PRICE_BYTES = 32;
/** Conditions of bars in one word of a bitmap. */
export const BARS_PER_WORD = 32;

/** What has a place in memory. */
export type PlacedSlot = Pick<Slot, 'kind' | 'axes' | 'distinct'>;

/** Where the distinct items of a slot lie: those of one bar (or word) side by side, then those of the next. */
export interface SlotLayout {
  readonly offset: number;
  readonly itemBytes: number;
  /** Bytes from one bar of an item, or from one word of it, to the next. */
  readonly stepBytes: number;
  /** Bars, or words, of an item; 1 for a number. */
  readonly steps: number;
  /** For each axis, how many items one step along it moves. */
  readonly axisStrides: readonly number[];
}

/** The memory that every thread of a sweep reads: prices first, then every slot. */
export interface CudaLayout {
  readonly barsTotal: number;
  readonly axisLengths: readonly number[];
  readonly slots: readonly SlotLayout[];
  readonly bytes: number;
}

/** The words of a bitmap over so many bars. */
export function wordsOf(barsTotal: number): number {
  return Math.ceil(barsTotal / BARS_PER_WORD);
}

/** Lays out the inputs of a sweep behind the prices of whole words of bars. Threads of neighbouring sets read neighbouring items. */
export function layOut(
  slotsPlaced: readonly PlacedSlot[],
  axes: readonly SweepAxis[],
  barsTotal: number,
  priceBytes = wordsOf(barsTotal) * BARS_PER_WORD * PRICE_BYTES,
): CudaLayout {
  let top = 0;
  const take = (bytes: number): number => {
    const at = top;
    top += Math.ceil(bytes / 16) * 16;
    return at;
  };
  take(priceBytes);
  const slots = slotsPlaced.map((slot): SlotLayout => {
    const itemBytes = slot.kind === 'row' || slot.kind === 'scalar' ? 8 : 4;
    const steps = stepsOf(slot, barsTotal);
    const stepBytes = slot.distinct * itemBytes;
    const axisStrides = [...slotStrides(slot, axes)];
    return { offset: take(steps * stepBytes), itemBytes, stepBytes, steps, axisStrides };
  });
  const axisLengths = axes.map(({ values }) => values.length);
  return { barsTotal, axisLengths, slots, bytes: Math.max(16, top) };
}

function stepsOf({ kind }: PlacedSlot, barsTotal: number): number {
  if (kind === 'row') return barsTotal;
  return kind === 'bitmap' ? wordsOf(barsTotal) : 1;
}
