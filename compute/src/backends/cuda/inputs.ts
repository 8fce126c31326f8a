import { ComputeError, type SweepRequest } from '../../service/contract.ts';
import type { CompiledStrategy } from '../../strategy/compile.ts';
import { evaluateInputs, evaluateNode, scalarValues, type SeriesCache } from '../reference/evaluate.ts';
import { runningSums } from '../reference/windows.ts';
import { type KernelInputs, type Slot, slotParameters } from '../wasm/slots.ts';
import { after, type DeviceBuffers } from './buffers.ts';
import type { Handle } from './driver.ts';
import { emitWindows, WINDOWS_KERNEL } from './emit-windows.ts';
import { BARS_PER_WORD, type CudaLayout, PRICE_BYTES, type SlotLayout } from './layout.ts';

const THREADS_PER_BLOCK = 256;
const CACHED_VALUES_MAXIMUM = 2_000_000;
/** Rows that are put between each other at once: as many doubles as memory is read and written by. */
const ROWS_AT_ONCE = 8;
/** Operations that are sums of windows, and whether each is over the number of its bars. */
const WINDOW_SUMS: Readonly<Record<string, { readonly isMean: boolean }>> = {
  sma: { isMean: true },
  sum: { isMean: false },
};

/** Memory of a device, and where in it the inputs of a sweep lie. */
export interface InputMemory {
  readonly memory: DeviceBuffers;
  readonly address: Handle;
}

/**
 * Computes everything that the kernel of a sweep reads, each distinct item once: sums of windows on the devices, everything else here
 * and copied slot by slot, while the next one is computed.
 */
export class InputPreparation {
  private readonly strategy: CompiledStrategy;
  private readonly request: SweepRequest;
  private readonly layout: CudaLayout;
  private readonly places: readonly InputMemory[];
  private readonly check: () => void;
  private readonly cache: SeriesCache = new Map();
  /** By node, whether it is different for sets. */
  private readonly varies: boolean[] = [];
  /** What is on its way to the devices. */
  private readonly sent: ArrayBufferView<ArrayBuffer>[] = [];
  /** Running sums on each device. */
  private readonly sums = new Map<Float64Array, readonly Handle[]>();

  constructor(
    strategy: CompiledStrategy,
    request: SweepRequest,
    layout: CudaLayout,
    places: readonly InputMemory[],
    check: () => void,
  ) {
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

  /** Computes and copies all inputs, and waits until they are there. */
  run({ slots }: KernelInputs): void {
    this.send(0, this.prices());
    slots.forEach((slot, index) => {
      this.check();
      const place = this.layout.slots[index];
      if (place.steps > 0 && !this.sumWindows(slot, place))
        this.send(place.offset, this.valuesOf(slot, place));
    });
    for (const { memory } of this.places) memory.settled();
  }

  private prices(): Float64Array<ArrayBuffer> {
    const { open, high, low, close } = this.request.instruments[0].bars;
    const prices = new Float64Array((this.layout.barsTotal * PRICE_BYTES) / 8);
    putBetween(prices, 4, 0, [open, high, low, close]);
    return prices;
  }

  private send(offset: number, values: ArrayBufferView<ArrayBuffer>): void {
    if (values.byteLength === 0) return;
    this.sent.push(values);
    for (const { memory, address } of this.places) memory.fill(after(address, offset), values);
  }

  /** False where the windows are not of one series, or some of its values are missing. */
  private sumWindows(slot: Slot, { offset, steps }: SlotLayout): boolean {
    const { op, inputs } = this.strategy.nodes[slot.node];
    const kind = slot.kind === 'row' ? WINDOW_SUMS[op] : undefined;
    if (!kind || this.varies[inputs[0]]) return false;
    const inputsOf = (item: number) =>
      evaluateInputs(
        this.strategy,
        this.parametersOf(slot, item),
        this.request.instruments,
        slot.node,
        this.cache,
      );
    const { sums, missing } = runningSums(inputsOf(0).series(0));
    if (missing !== null) return false;
    const widths = Uint32Array.from({ length: slot.distinct }, (_, item) => inputsOf(item).scalar(1));
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
    const copy = new Float64Array(sums);
    this.sent.push(copy);
    const handles = this.places.map(({ memory }) => memory.holding(copy));
    this.sums.set(sums, handles);
    return handles;
  }

  private valuesOf(slot: Slot, place: SlotLayout): ArrayBufferView<ArrayBuffer> {
    if (slot.kind === 'integer')
      return Uint32Array.from({ length: slot.distinct }, (_, item) => wholeBars(this.numberOf(slot, item)));
    if (slot.kind === 'scalar')
      return Float64Array.from({ length: slot.distinct }, (_, item) => this.numberOf(slot, item));
    return slot.kind === 'row' ? this.rows(slot, place) : this.bitmaps(slot, place);
  }

  private rows(slot: Slot, { steps }: SlotLayout): Float64Array<ArrayBuffer> {
    const out = new Float64Array(steps * slot.distinct);
    for (let item = 0; item < slot.distinct; item += ROWS_AT_ONCE) {
      const count = Math.min(ROWS_AT_ONCE, slot.distinct - item);
      const rows = Array.from({ length: count }, (_, index) => this.seriesOf(slot, item + index));
      putBetween(out, slot.distinct, item, rows);
    }
    return out;
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
    if (this.cache.size * this.layout.barsTotal > CACHED_VALUES_MAXIMUM) this.cache.clear();
    const parameters = this.parametersOf(slot, item);
    return evaluateNode(this.strategy, parameters, this.request.instruments, slot.node, this.cache);
  }

  private numberOf(slot: Slot, item: number): number {
    return scalarValues(this.strategy, this.parametersOf(slot, item))[slot.node]!;
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

/** Puts rows beside each other from column `first` on: all values of one step, then those of the next. */
function putBetween(out: Float64Array, columns: number, first: number, rows: readonly Float64Array[]): void {
  const steps = rows[0].length;
  for (let step = 0, at = first; step < steps; step += 1, at += columns)
    for (let row = 0; row < rows.length; row += 1) out[at + row] = rows[row][step];
}
