import type { SweepRequest } from '../../service/contract.ts';
import { writeExtremes, writeReturnSums } from '../wasm/tables.ts';
import { DeviceBuffers } from './buffers.ts';
import type { CudaDevice } from './device.ts';
import type { Handle } from './driver.ts';
import type { EventTables } from './emit-events.ts';
import {
  emitPieces,
  emitRanges,
  PIECE_BYTES,
  PIECES_KERNEL,
  piecesOf,
  RANGE_BYTES,
  RANGES_KERNEL,
  rangeThreads,
} from './emit-ranges.ts';
import { WORDS_AT_ONCE } from './emit-words.ts';
import { BARS_PER_WORD, wordsOf } from './layout.ts';
import { launchThreads } from './signals.ts';

/** What of the plan "events" answers for stretches of bars. */
export interface TablesPlan {
  readonly tables: EventTables;
  /** How many least lows and greatest highs there are: none without levels that they could reach. */
  readonly levelWords: number;
  readonly tableBytes: number;
  readonly rangeLevels: number;
}

/** Plans the tables, with what tells of levels where there are levels that could be reached. */
export function planTables(barsTotal: number, hasLevels: boolean): TablesPlan {
  let top = 0;
  const take = (bytes: number): number => {
    const at = top;
    top += Math.ceil(bytes / 16) * 16;
    return at;
  };
  const rangeLevels = Math.ceil(Math.log2(Math.max(2, barsTotal)));
  // The closes lie first.
  take(8 * barsTotal);
  const returnSums = take(16 * barsTotal);
  // As many as are read at once; those behind the words are never used.
  const levelWords = hasLevels ? WORDS_AT_ONCE * Math.ceil(wordsOf(barsTotal) / WORDS_AT_ONCE) : 0;
  const [lows, highs] = [0, 1].map(() => take(8 * levelWords));
  const tableBytes = Math.max(16, top);
  return { tables: { returnSums, lows, highs }, levelWords, tableBytes, rangeLevels };
}

/** The tables on one device, with a queue of their own: decisions need not wait for them. */
export class TableMemory {
  readonly tables: Handle;
  readonly ranges: Handle;
  private readonly pieces: Handle;
  private readonly memory: DeviceBuffers;
  private readonly plan: TablesPlan;
  private readonly barsTotal: number;
  private readonly prepare: () => Float64Array;
  private isMade = false;

  /** `prepare` gives what the processor makes: it is asked while the device makes decisions. */
  constructor(device: CudaDevice, plan: TablesPlan, barsTotal: number, prepare: () => Float64Array) {
    this.plan = plan;
    this.barsTotal = barsTotal;
    this.prepare = prepare;
    this.memory = new DeviceBuffers(device);
    try {
      this.tables = this.memory.room(plan.tableBytes);
      this.ranges = this.memory.room(Math.max(RANGE_BYTES, plan.rangeLevels * barsTotal * RANGE_BYTES));
      this.pieces = this.memory.room(Math.max(1, piecesOf(barsTotal)) * PIECE_BYTES);
    } catch (problem) {
      this.close();
      throw problem;
    }
  }

  /** Makes the tables, and of them what answers for ranges of bars, unless they are there; returns when they are. */
  make(): void {
    const { barsTotal } = this;
    if (this.isMade || barsTotal === 0) return;
    this.isMade = true;
    const { rangeLevels } = this.plan;
    const prepared = this.prepare();
    this.memory.fill(this.tables, prepared);
    const pieces = piecesOf(barsTotal);
    launchThreads(this.memory, emitPieces(), PIECES_KERNEL, pieces, [
      ['u64', this.tables],
      ['u64', this.pieces],
      ['u32', barsTotal],
      ['u32', pieces],
    ]);
    const count = rangeThreads(barsTotal, rangeLevels);
    launchThreads(this.memory, emitRanges(), RANGES_KERNEL, count, [
      ['u64', this.tables],
      ['u64', this.pieces],
      ['u64', this.ranges],
      ['u32', barsTotal],
      ['u32', rangeLevels],
      ['u32', count],
    ]);
    this.memory.settled();
  }

  close(): void {
    this.memory.close();
  }
}

/** The tables that the processor makes, as they lie in the memory of devices. */
export function preparedTables(
  { tables, levelWords, tableBytes }: TablesPlan,
  { bars }: SweepRequest['instruments'][number],
): Float64Array<ArrayBuffer> {
  const prepared = new Float64Array(tableBytes / 8);
  const barsTotal = bars.timesMs.length;
  const part = (offset: number, count: number) => prepared.subarray(offset / 8, offset / 8 + count);
  prepared.set(bars.close);
  writeReturnSums(part(tables.returnSums, 2 * barsTotal), prepared.subarray(0, barsTotal));
  writeExtremes(part(tables.lows, levelWords), part(tables.highs, levelWords), bars, BARS_PER_WORD);
  return prepared;
}
