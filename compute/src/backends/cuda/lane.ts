import type { SweepTile } from '../../service/contract.ts';
import { DeviceBuffers } from './buffers.ts';
import type { Handle } from './driver.ts';
import { EVENTS_BLOCK, EVENTS_KERNEL } from './emit-events.ts';
import { SETS_PER_BLOCK } from './emit-hand-over.ts';
import { SIGNALS_KERNEL } from './emit-signals.ts';
import { FIGURES, SWEEP_BLOCK, SWEEP_KERNEL } from './emit-sweep.ts';
import type { TableMemory } from './events.ts';
import type { InputMemory } from './inputs.ts';
import { wordsOf } from './layout.ts';
import { type ConditionMemory, launchThreads } from './signals.ts';
import type { CudaPlan } from './sweep.ts';

/** Blocks of the kernel of events on a multiprocessor, so that one works while others wait. */
const EVENT_BLOCKS_WANTED = 16;
/** Fewer sets of a block would read less than memory gives at once. */
const EVENT_SETS_MINIMUM = 8;

/** Memory of a device with everything that the sets of a sweep share. */
export interface LanePlace extends InputMemory {
  readonly conditions: ConditionMemory;
  /** Null where sets go from bar to bar. */
  readonly tables: TableMemory | null;
}

/** One launch at a time on one device, with room for its results. */
export class Lane {
  private readonly memory: DeviceBuffers;
  private readonly place: LanePlace;
  private readonly plan: CudaPlan;
  private readonly results: Handle;
  private readonly signals: Handle;
  private running: { readonly fromIndex: number; readonly count: number } | undefined;

  constructor(place: LanePlace, plan: CudaPlan, tileSets: number) {
    this.place = place;
    this.plan = plan;
    this.memory = new DeviceBuffers(place.memory.device);
    try {
      this.results = this.memory.room(8 * FIGURES.length * tileSets);
      this.signals = this.memory.room(Math.max(8, plan.signals.bytesPerSet * tileSets));
    } catch (problem) {
      this.memory.close();
      throw problem;
    }
  }

  start(fromIndex: number, count: number): void {
    const { memory, place, plan } = this;
    const words = count * wordsOf(plan.layout.barsTotal);
    launchThreads(memory, plan.signals.text, SIGNALS_KERNEL, words, [
      ['u64', place.address],
      ['u64', place.conditions.address],
      ['u64', this.signals],
      ['u32', fromIndex],
      ['u32', count],
      ['u32', words],
    ]);
    if (place.tables) this.startEvents(place.tables, fromIndex, count);
    else this.startBars(fromIndex, count);
    this.running = { fromIndex, count };
  }

  private startBars(fromIndex: number, count: number): void {
    const { device, stream } = this.memory;
    const kernel = device.kernel(this.plan.text, SWEEP_KERNEL);
    device.launch(kernel, Math.ceil(count / SETS_PER_BLOCK), SWEEP_BLOCK, stream, [
      ['u64', this.place.address],
      ['u64', this.signals],
      ['u64', this.results],
      ['u32', fromIndex],
      ['u32', count],
    ]);
  }

  private startEvents(tables: TableMemory, fromIndex: number, count: number): void {
    const { device, stream } = this.memory;
    tables.make();
    const setsOfBlock = eventSets(device.multiprocessors, count);
    const kernel = device.kernel(this.plan.text, EVENTS_KERNEL);
    device.launch(kernel, Math.ceil(count / setsOfBlock), EVENTS_BLOCK, stream, [
      ['u64', this.place.address],
      ['u64', tables.tables],
      ['u64', tables.ranges],
      ['u64', this.signals],
      ['u64', this.results],
      ['u32', fromIndex],
      ['u32', count],
      ['u32', setsOfBlock],
    ]);
  }

  /** Waits for the launch; what it found, or null where there was none. */
  collect(): SweepTile | null {
    if (!this.running) return null;
    const { fromIndex, count } = this.running;
    // The columns are read at once, into one buffer: a message costs by the buffers that it hands over.
    const bytes = new Uint8Array(8 * FIGURES.length * count);
    this.memory.device.download(bytes, this.results, this.memory.stream);
    const [totalReturn, sharpe, maxDrawdown, tradeCount] = FIGURES.map(
      (_, index) => new Float64Array(bytes.buffer, 8 * count * index, count),
    );
    this.running = undefined;
    return { fromIndex, totalReturn, sharpe, maxDrawdown, tradeCount };
  }

  close(): void {
    this.memory.close();
  }
}

/** Sets of a block such that there are blocks enough to fill the device, as far as that can be. */
export function eventSets(multiprocessors: number, count: number): number {
  const blocks = EVENT_BLOCKS_WANTED * multiprocessors;
  let sets = EVENT_SETS_MINIMUM;
  while (sets < EVENTS_BLOCK && sets * blocks < count) sets *= 2;
  return sets;
}
