import { ComputeError, type SweepRequest } from '../../service/contract.ts';
import type { CompiledStrategy } from '../../strategy/compile.ts';
import { evaluateInputs, evaluateNode, scalarValues, type SeriesCache } from '../reference/evaluate.ts';
import { runningSums, WINDOW_SUMS } from '../reference/windows.ts';
import { slotParameters } from '../wasm/slot-items.ts';
import type { KernelInputs, Slot } from '../wasm/slots.ts';
import { after, type DeviceBuffers } from './buffers.ts';
import type { Handle } from './driver.ts';
import { emitInterleave, INTERLEAVE_KERNEL } from './emit-interleave.ts';
import { emitWindows, WINDOWS_KERNEL } from './emit-windows.ts';
import { BARS_PER_WORD, type CudaLayout, PRICE_BYTES, type SlotLayout, wordsOf } from './layout.ts';

import { isStaged, type Stage } from './stages.ts';

const THREADS_PER_BLOCK = 256;
const CACHED_VALUES_MAXIMUM = 2_000_000;
/** Rows that are put between each other at once. */
const ROWS_AT_ONCE = 8;

/** Memory of a device, and where in it the inputs of a sweep lie. */
export interface InputMemory {
  readonly memory: DeviceBuffers;
  readonly address: Handle;
}

/** The series of an item of a slot where another thread may have computed it, else null. */
export type KnownSeries = (slot: Slot, item: number) => Float64Array | null;

/**
 * Computes everything that the kernels of a sweep read, each distinct item once: sums of windows on the devices, everything else here
 * and copied as it is, while the next is computed; the devices put rows between each other.
 */
export class InputPreparation {
  private readonly strategy: CompiledStrategy;
  private readonly request: SweepRequest;
  private readonly layout: CudaLayout;
  private readonly places: readonly InputMemory[];
  private readonly check: () => void;
  private readonly known: KnownSeries;
  private readonly cache: SeriesCache = new Map();
  /** By node, whether it is different for sets. */
  private readonly varies: boolean[] = [];
  /** What is on its way to the devices. */
  private readonly sent: ArrayBufferView[] = [];
  /** Running sums on each device. */
  private readonly sums = new Map<Float64Array, readonly Handle[]>();
  /** On each device, room for the rows that are about to be put between each other. */
  private room: readonly Handle[] | undefined;

  constructor(
    strategy: CompiledStrategy,
    request: SweepRequest,
    layout: CudaLayout,
    places: readonly InputMemory[],
    check: () => void,
    known: KnownSeries,
  ) {
    this.known = known;
    this.strategy = strategy;
    this.request = request;
    this.layout = layout;
    this.places = places;
    this.check = check;
    for (const { op, name, inputs } of strategy.nodes) {
      const isAxis = op === 'parameter' && request.axes.some(({ parameter }) => parameter === name);
      this.varies.push(isAxis || inputs.some((input) => this.varies[input]));
    }
  }

  /** Computes and copies what sets of all stages read. */
  begin({ slots }: KernelInputs): void {
    const { open, high, low, close } = this.request.instruments[0].bars;
    const columns = [open, high, low, close];
    this.putBetween(0, columns.length, 0, columns.length, (index) => columns[index]);
    const { barsTotal } = this.layout;
    const behind = wordsOf(barsTotal) * BARS_PER_WORD - barsTotal;
    // Bars that are none reach no level, and what is held is worth what it was.
    const prices = Array.from({ length: behind }, () => [NaN, NaN, NaN, close[barsTotal - 1]]);
    this.send(barsTotal * PRICE_BYTES, Float64Array.from(prices.flat()));
    slots.forEach((slot, index) => {
      this.check();
      const place = this.layout.slots[index];
      if (place.steps === 0 || isStaged(this.strategy, slot)) return;
      if (slot.kind !== 'row') this.send(place.offset, this.valuesOf(slot, place));
      else if (!this.sumWindows(slot, place)) this.sendRows(slot, place, 0, slot.distinct);
    });
  }

  /** Computes and copies what sets of a stage read beside, and waits until all that they read is there. */
  prepare({ slots }: KernelInputs, stage: Stage): void {
    slots.forEach((slot, index) => {
      if (!isStaged(this.strategy, slot)) return;
      const perValue = slot.distinct / this.layout.axisLengths[0];
      this.sendRows(slot, this.layout.slots[index], stage.from * perValue, stage.to * perValue);
    });
    for (const { memory } of this.places) memory.settled();
  }

  private send(offset: number, values: ArrayBufferView): void {
    if (values.byteLength === 0) return;
    this.sent.push(values);
    for (const { memory, address } of this.places) memory.fill(after(address, offset), values);
  }

  /** False where the windows are not of one series, or some of its values are missing. */
  private sumWindows(slot: Slot, { offset, steps }: SlotLayout): boolean {
    const { op, inputs } = this.strategy.nodes[slot.node];
    const kind = WINDOW_SUMS[op];
    if (!kind || this.varies[inputs[0]]) return false;
    const { strategy, request, cache } = this;
    const first = evaluateInputs(strategy, this.parametersOf(slot, 0), request.instruments, slot.node, cache);
    const { sums, missing } = runningSums(first.series(0));
    if (missing !== null) return false;
    const widths = Uint32Array.from({ length: slot.distinct }, (_, item) =>
      wholeBars(this.numberOf(inputs[1], slot, item)),
    );
    this.sent.push(widths);
    const count = steps * slot.distinct;
    this.sumsOnDevices(sums).forEach((given, index) => {
      const { memory, address } = this.places[index];
      const kernel = memory.device.kernel(emitWindows(kind.isMean), WINDOWS_KERNEL);
      const blocks = Math.ceil(count / THREADS_PER_BLOCK);
      memory.device.launch(kernel, blocks, THREADS_PER_BLOCK, memory.stream, [
        ['u64', given],
        ['u64', memory.holding(widths)],
        ['u64', after(address, offset)],
        ['u32', slot.distinct],
        ['u32', count],
      ]);
    });
    return true;
  }

  private sumsOnDevices(sums: Float64Array): readonly Handle[] {
    const known = this.sums.get(sums);
    if (known) return known;
    this.sent.push(sums);
    const handles = this.places.map(({ memory }) => memory.holding(sums));
    this.sums.set(sums, handles);
    return handles;
  }

  private valuesOf(slot: Slot, place: SlotLayout): ArrayBufferView {
    if (slot.kind === 'integer')
      return Uint32Array.from({ length: slot.distinct }, (_, item) =>
        wholeBars(this.numberOf(slot.node, slot, item)),
      );
    if (slot.kind === 'scalar')
      return Float64Array.from({ length: slot.distinct }, (_, item) => this.numberOf(slot.node, slot, item));
    return this.bitmaps(slot, place);
  }

  /** Sends the items `from` up to before `to`. */
  private sendRows(slot: Slot, { offset }: SlotLayout, from: number, to: number): void {
    for (let item = from; item < to; item += ROWS_AT_ONCE) {
      const count = Math.min(ROWS_AT_ONCE, to - item);
      this.putBetween(offset, slot.distinct, item, count, (index) => this.seriesOf(slot, item + index));
    }
  }

  /** Puts rows beside each other into the table at `offset`, from its column `first` on. Each is sent before the next is asked for. */
  private putBetween(
    offset: number,
    columns: number,
    first: number,
    rowsTotal: number,
    rowAt: (index: number) => Float64Array,
  ): void {
    const { places } = this;
    const steps = this.layout.barsTotal;
    if (steps === 0) return;
    this.room ??= places.map(({ memory }) => memory.room(8 * steps * ROWS_AT_ONCE));
    for (let row = 0; row < rowsTotal; row += 1) {
      const values = rowAt(row);
      this.sent.push(values);
      places.forEach(({ memory }, index) => memory.fill(after(this.room![index], 8 * steps * row), values));
    }
    const count = steps * rowsTotal;
    const blocks = Math.ceil(count / THREADS_PER_BLOCK);
    places.forEach(({ memory, address }, index) => {
      const kernel = memory.device.kernel(emitInterleave(), INTERLEAVE_KERNEL);
      memory.device.launch(kernel, blocks, THREADS_PER_BLOCK, memory.stream, [
        ['u64', this.room![index]],
        ['u64', after(address, offset + 8 * first)],
        ['u32', rowsTotal],
        ['u32', columns],
        ['u32', count],
      ]);
    });
  }

  /** Truths are packed, the first bar in the lowest bit. */
  private bitmaps(slot: Slot, { steps }: SlotLayout): Uint32Array<ArrayBuffer> {
    const out = new Uint32Array(steps * slot.distinct);
    for (let item = 0; item < slot.distinct; item += 1) {
      const values = this.seriesOf(slot, item);
      for (let step = 0; step < steps; step += 1) {
        const from = step * BARS_PER_WORD;
        const bars = Math.min(BARS_PER_WORD, values.length - from);
        let word = 0;
        for (let bar = 0; bar < bars; bar += 1) word |= values[from + bar] << bar;
        out[step * slot.distinct + item] = word;
      }
    }
    return out;
  }

  private seriesOf(slot: Slot, item: number): Float64Array {
    this.check();
    const known = this.known(slot, item);
    if (known) return known;
    if (this.cache.size * this.layout.barsTotal > CACHED_VALUES_MAXIMUM) this.cache.clear();
    const parameters = this.parametersOf(slot, item);
    return evaluateNode(this.strategy, parameters, this.request.instruments, slot.node, this.cache);
  }

  /** A number for an item of a slot. */
  private numberOf(node: number, slot: Slot, item: number): number {
    return scalarValues(this.strategy, this.parametersOf(slot, item))[node]!;
  }

  private parametersOf(slot: Slot, item: number): Readonly<Record<string, number>> {
    return { ...this.request.parameters, ...slotParameters(slot, this.request.axes, item) };
  }
}

function wholeBars(value: number): number {
  if (!(Number.isInteger(value) && value >= 1))
    throw new ComputeError('INVALID_PARAMETER', `expected a whole number of bars from 1, was ${value}`);
  return value;
}
