import type { SweepAxis, SweepRequest } from '../../service/contract.ts';
import type { BoolExpression, KernelInputs } from '../wasm/slots.ts';
import { writeExtremes, writeReturnSums } from '../wasm/tables.ts';
import type { SimulationTerms } from '../wasm/terms.ts';
import { after, DeviceBuffers } from './buffers.ts';
import type { CudaDevice } from './device.ts';
import type { Handle } from './driver.ts';
import type { EventTables } from './emit-events.ts';
import {
  emitPieces,
  emitRanges,
  PIECES_KERNEL,
  piecesOf,
  RANGE_BYTES,
  RANGES_KERNEL,
  rangeThreads,
} from './emit-ranges.ts';
import {
  comparisonsIn,
  CONDITION_KERNEL,
  emitCondition,
  emitSignals,
  type SignalInputs,
  slotsIn,
} from './emit-signals.ts';
import { BARS_PER_WORD, type CudaLayout, layOut, wordsOf } from './layout.ts';

/** What one set decides on the bars of a word: where it wants to be long, and where it leaves. */
export const SIGNAL_BYTES = 8;
const THREADS_PER_BLOCK = 256;
/** Conditions that fewer sets share are computed for each of them. */
const SETS_PER_CONDITION_MINIMUM = 4;
/** Each is a module, of which a device keeps only so many. */
const CONDITIONS_MAXIMUM = 8;
const CONDITION_BYTES_MAXIMUM = 2 ** 28;

/** A condition that is computed once for every combination of the axes that it depends on. */
interface Condition {
  readonly expression: BoolExpression;
  readonly axes: readonly number[];
  readonly distinct: number;
}

/** What of the plan "events" follows from a request. */
export interface EventsPlan {
  readonly tables: EventTables;
  /** How many least lows and greatest highs there are: none without levels that they could reach. */
  readonly levelWords: number;
  readonly tableBytes: number;
  readonly rangeLevels: number;
  /** The modules of the conditions, where each lies among their words, and how many words it has. */
  readonly conditions: readonly { readonly text: string; readonly offset: number; readonly words: number }[];
  readonly conditionBytes: number;
  /** The module that makes the words of each set. */
  readonly signalsText: string;
}

/** Plans everything but the kernel of the accounts, whose inputs `layout` has. */
export function planEvents(
  inputs: KernelInputs,
  terms: SimulationTerms,
  layout: CudaLayout,
  request: SweepRequest,
): EventsPlan {
  const { barsTotal, axisLengths } = layout;
  const finder = new ConditionFinder(inputs, request.axes, wordsOf(barsTotal));
  const rules = {
    ...inputs.rules,
    enterLong: finder.shared(inputs.rules.enterLong),
    exitLong: finder.shared(inputs.rules.exitLong),
  };
  const { conditions } = finder;
  const slots = conditions.map(({ axes, distinct }) => ({ kind: 'bitmap', axes, distinct }) as const);
  const words = layOut(slots, request.axes, barsTotal, 0);
  const signals: SignalInputs = {
    inputs: { rules, relations: inputs.relations },
    slots: [...inputs.slots, ...slots],
    layouts: [...layout.slots, ...words.slots],
    inputCount: inputs.slots.length,
    axisLengths,
    barsTotal,
  };
  return {
    ...layOutTables(barsTotal, terms.hasStop || terms.hasTarget),
    conditions: conditions.map(({ expression, axes, distinct }, index) => ({
      text: emitCondition(signals, expression, axes, distinct),
      offset: words.slots[index].offset,
      words: distinct * wordsOf(barsTotal),
    })),
    conditionBytes: words.bytes,
    signalsText: emitSignals(signals, terms.fillsAtClose ? 0 : 1, terms.allowsLong),
  };
}

function layOutTables(barsTotal: number, hasLevels: boolean) {
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
  // One more than words, which is read and never used.
  const levelWords = hasLevels ? wordsOf(barsTotal) + 1 : 0;
  const [lows, highs] = [0, 1].map(() => take(8 * levelWords));
  const tableBytes = Math.max(16, top);
  return { tables: { returnSums, lows, highs }, levelWords, tableBytes, rangeLevels };
}

/** Finds the greatest parts of rules that are the same for many sets. */
class ConditionFinder {
  private readonly inputs: KernelInputs;
  private readonly axes: readonly SweepAxis[];
  private readonly words: number;
  private readonly setsTotal: number;
  readonly conditions: Condition[] = [];
  private readonly known = new Map<string, number>();
  private bytes = 0;

  constructor(inputs: KernelInputs, axes: readonly SweepAxis[], words: number) {
    this.inputs = inputs;
    this.axes = axes;
    this.words = words;
    this.setsTotal = this.combinations(axes.map((_, axis) => axis));
  }

  /** The rule with its shared parts as bitmaps, in the slots behind those of the inputs. */
  shared(rule: BoolExpression): BoolExpression {
    if (comparisonsIn(rule).length === 0) return rule;
    const axes = this.axesOf(rule);
    const distinct = this.combinations(axes);
    const key = JSON.stringify(rule);
    const known = this.known.get(key);
    if (known !== undefined) return { kind: 'bitmap', slot: known };
    const bytes = 4 * this.words * distinct;
    const isWorthIt = distinct * SETS_PER_CONDITION_MINIMUM <= this.setsTotal;
    const hasRoom =
      this.bytes + bytes <= CONDITION_BYTES_MAXIMUM && this.conditions.length < CONDITIONS_MAXIMUM;
    if (isWorthIt && hasRoom) {
      this.bytes += bytes;
      const slot = this.inputs.slots.length + this.conditions.push({ expression: rule, axes, distinct }) - 1;
      this.known.set(key, slot);
      return { kind: 'bitmap', slot };
    }
    if (rule.kind !== 'logic') return rule;
    return { ...rule, inputs: rule.inputs.map((input) => this.shared(input)) };
  }

  private axesOf(rule: BoolExpression): readonly number[] {
    const { slots, relations } = this.inputs;
    const all = slotsIn(rule, relations).flatMap((slot) => slots[slot].axes);
    return [...new Set(all)].toSorted((a, b) => a - b);
  }

  private combinations(axes: readonly number[]): number {
    return axes.reduce((count, axis) => count * this.axes[axis].values.length, 1);
  }
}

/** What all sets of a sweep read on one device beside its inputs: the tables of prices, and the words of shared conditions. */
export class EventMemory {
  readonly tables: Handle;
  readonly ranges: Handle;
  readonly conditions: Handle;
  private readonly pieces: Handle;
  /** Each with a queue of its own: signals need the conditions alone, so that they need not wait for the tables. */
  private readonly ofTables: DeviceBuffers;
  private readonly ofConditions: DeviceBuffers;
  private readonly plan: EventsPlan;
  /** What is on its way. */
  private sent: Float64Array<ArrayBuffer> | null = null;

  constructor(device: CudaDevice, plan: EventsPlan, barsTotal: number) {
    this.plan = plan;
    this.ofTables = new DeviceBuffers(device);
    this.ofConditions = new DeviceBuffers(device);
    try {
      this.tables = this.ofTables.room(plan.tableBytes);
      this.ranges = this.ofTables.room(Math.max(RANGE_BYTES, plan.rangeLevels * barsTotal * RANGE_BYTES));
      this.pieces = this.ofTables.room(Math.max(1, piecesOf(barsTotal)) * RANGE_BYTES);
      this.conditions = this.ofConditions.room(plan.conditionBytes);
    } catch (problem) {
      this.close();
      throw problem;
    }
  }

  /** Begins to make what answers for ranges of bars out of the tables that are `prepared`. */
  beginTables(prepared: Float64Array<ArrayBuffer>, barsTotal: number): void {
    if (barsTotal === 0) return;
    const { rangeLevels } = this.plan;
    this.sent = prepared;
    this.ofTables.fill(this.tables, this.sent);
    const pieces = piecesOf(barsTotal);
    launchThreads(this.ofTables, emitPieces(), PIECES_KERNEL, pieces, [
      ['u64', this.tables],
      ['u64', this.pieces],
      ['u32', barsTotal],
      ['u32', pieces],
    ]);
    const count = rangeThreads(barsTotal, rangeLevels);
    launchThreads(this.ofTables, emitRanges(), RANGES_KERNEL, count, [
      ['u64', this.tables],
      ['u64', this.pieces],
      ['u64', this.ranges],
      ['u32', barsTotal],
      ['u32', rangeLevels],
      ['u32', count],
    ]);
  }

  /** Makes the words of the conditions out of inputs that are there. */
  makeConditions(data: Handle): void {
    for (const { text, offset, words } of this.plan.conditions) {
      launchThreads(this.ofConditions, text, CONDITION_KERNEL, words, [
        ['u64', data],
        ['u64', after(this.conditions, offset)],
        ['u32', words],
      ]);
    }
    this.ofConditions.settled();
  }

  /** Waits until the tables are there. */
  tablesMade(): void {
    this.ofTables.settled();
    this.sent = null;
  }

  close(): void {
    this.ofTables.close();
    this.ofConditions.close();
  }
}

/** Launches one thread for each of `count` pieces of work, if there are any. */
export function launchThreads(
  { device, stream }: DeviceBuffers,
  text: string,
  name: string,
  count: number,
  given: Parameters<CudaDevice['launch']>[4],
): void {
  if (count === 0) return;
  const blocks = Math.ceil(count / THREADS_PER_BLOCK);
  device.launch(device.kernel(text, name), blocks, THREADS_PER_BLOCK, stream, given);
}

/** The tables that the processor makes, as they lie in the memory of devices. */
export function preparedTables(
  { tables, levelWords, tableBytes }: EventsPlan,
  { bars }: SweepRequest['instruments'][number],
): Float64Array<ArrayBuffer> {
  const prepared = new Float64Array(tableBytes / 8);
  const barsTotal = bars.timesMs.length;
  const part = (offset: number, count: number) => prepared.subarray(offset / 8, offset / 8 + count);
  // Element by element: set() from shared memory is several times slower.
  for (let t = 0; t < barsTotal; t += 1) prepared[t] = bars.close[t];
  writeReturnSums(part(tables.returnSums, 2 * barsTotal), prepared.subarray(0, barsTotal));
  writeExtremes(part(tables.lows, levelWords), part(tables.highs, levelWords), bars, BARS_PER_WORD);
  return prepared;
}
