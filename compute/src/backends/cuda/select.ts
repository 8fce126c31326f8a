import { DeviceBuffers } from './buffers.ts';
import type { CudaDevice } from './device.ts';
import type { Handle } from './driver.ts';
import {
  COUNT_KERNEL,
  DIGITS,
  emitCount,
  emitGather,
  GATHER_KERNEL,
  PASSES,
  valueOfKey,
} from './emit-select.ts';

const THREADS_PER_BLOCK = 256;
/** So many that they are worth the counts of a block, which are cleared and added up. */
const VALUES_PER_THREAD = 16;
const COUNT = emitCount();
const GATHER = emitGather();
/** Enough for every core of a large device. */
const BLOCKS_MAXIMUM = 512;

/** Doubles that lie on a device. */
export interface DeviceValues {
  readonly device: CudaDevice;
  readonly address: Handle;
  readonly length: number;
}

/**
 * The `count` smallest of values on any number of devices in ascending order, as `smallest` of risk/select.ts: what is not a number
 * comes last. The digits of the value at place `count` are found from the highest on, by counting; only what is below it is copied and
 * sorted. Counts do not depend on the order of threads.
 */
export function smallestOnDevices(parts: readonly DeviceValues[], count: number): Float64Array {
  const held = parts.filter(({ length }) => length > 0);
  const wanted = Math.min(
    count,
    held.reduce((sum, { length }) => sum + length, 0),
  );
  if (wanted === 0) return new Float64Array(0);
  const open: Selection[] = [];
  try {
    for (const part of held) open.push(new Selection(part));
    const { key, below } = keyAt(open, wanted - 1);
    const out = new Float64Array(wanted).fill(valueOfKey(...key));
    const gathered = new Float64Array(below);
    let top = 0;
    for (const part of below > 0 ? open : []) {
      const own = part.gather(key, below);
      gathered.set(own, top);
      top += own.length;
    }
    out.set(gathered.sort());
    return out;
  } finally {
    for (const part of open) part.close();
  }
}

type Words = [high: number, low: number];

/** The key at a place of the ascending order, and how many values have a lower one. */
function keyAt(open: readonly Selection[], place: number): { readonly key: Words; readonly below: number } {
  const [key, mask]: [Words, Words] = [
    [0, 0],
    [0, 0],
  ];
  let below = 0;
  for (const { isLow, shift, digitMask } of PASSES) {
    const half = isLow ? 1 : 0;
    for (const part of open) part.startCount(key, mask, [half, shift, digitMask]);
    const counts = new Float64Array(DIGITS);
    for (const part of open) part.counted().forEach((each, digit) => (counts[digit] += each));
    let digit = 0;
    while (below + counts[digit] <= place) {
      below += counts[digit];
      digit += 1;
    }
    key[half] += digit * 2 ** shift;
    mask[half] += digitMask * 2 ** shift;
  }
  return { key, below };
}

/** The work of a selection on one device. */
class Selection {
  private readonly values: DeviceValues;
  private readonly memory: DeviceBuffers;
  private readonly counts: Handle;

  constructor(values: DeviceValues) {
    this.values = values;
    this.memory = new DeviceBuffers(values.device);
    try {
      this.counts = this.memory.room(4 * DIGITS);
    } catch (problem) {
      this.memory.close();
      throw problem;
    }
  }

  startCount(key: Words, mask: Words, digit: readonly number[]): void {
    this.memory.fill(this.counts, new Uint32Array(DIGITS));
    this.launch(COUNT, COUNT_KERNEL, [this.counts], [mask[0], key[0], mask[1], key[1], ...digit]);
  }

  counted(): Uint32Array {
    const counts = new Uint32Array(DIGITS);
    this.download(counts, this.counts);
    return counts;
  }

  /** The values with keys below this one, in any order; all parts together have `most`. */
  gather(key: Words, most: number): Float64Array {
    const taken = this.memory.holding(new Uint32Array(1));
    const results = this.memory.room(8 * Math.min(most, this.values.length));
    this.launch(GATHER, GATHER_KERNEL, [results, taken], key);
    const count = new Uint32Array(1);
    this.download(count, taken);
    const out = new Float64Array(count[0]);
    if (out.length > 0) this.download(out, results);
    return out;
  }

  close(): void {
    this.memory.close();
  }

  private launch(text: string, name: string, places: readonly Handle[], words: readonly number[]): void {
    const { device, address, length } = this.values;
    const blocks = Math.min(BLOCKS_MAXIMUM, Math.ceil(length / (THREADS_PER_BLOCK * VALUES_PER_THREAD)));
    device.launch(device.kernel(text, name), blocks, THREADS_PER_BLOCK, this.memory.stream, [
      ['u64', address],
      ...places.map((place) => ['u64', place] as const),
      ['u32', length],
      ...words.map((word) => ['u32', word] as const),
    ]);
  }

  private download({ buffer, byteLength }: Uint32Array | Float64Array, address: Handle): void {
    this.values.device.download(new Uint8Array(buffer, 0, byteLength), address, this.memory.stream);
  }
}
