import { BARS_PER_WORD, type Layout, layOut, RESULT_DOUBLES, type ShareStates } from './layout.ts';
import {
  ComputeError,
  type BackendChoice,
  type SweepRequest,
  type SweepTile,
} from '../../service/contract.ts';
import { scalarValues } from '../reference/evaluate.ts';
import { sumsFinisher } from '../../backtest/summary.ts';
import type { CompiledStrategy } from '../../strategy/compile.ts';
import { encodeModule } from './encoder.ts';
import { emitSignals } from './emit-signals.ts';
import { emitSimulation } from './emit-simulation.ts';
import { InputWriter } from './input-writer.ts';
import type { PreparationKernels } from './preparation.ts';
import { type KernelInputs, planInputs, type Slot, slotParameters, slotStrides } from './slots.ts';
import { Shares } from './shares.ts';
import { writeTables } from './tables.ts';
import { chooseTerms, type SimulationTerms } from './terms.ts';

/** The most memory a module may be given, in pages of 64 KiB: 4 GiB. */
export const PAGES_MAXIMUM = 65_536;
/** Where the threads of a sweep share the number of the next tile. */
export const TILE_COUNTER = 0;

/** Everything about a sweep that follows from its request: equal on every thread. */
export interface SweepPlan {
  readonly inputs: KernelInputs;
  readonly terms: SimulationTerms;
  readonly layout: Layout;
  readonly choice: BackendChoice;
}

/** Plans a sweep over `threads` threads. */
export function planSweep(strategy: CompiledStrategy, request: SweepRequest, threads: number): SweepPlan {
  const inputs = planInputs(strategy, request);
  const { terms, choice } = chooseTerms(strategy, inputs, request);
  const barsTotal = request.instruments[0].bars.timesMs.length;
  return { inputs, terms, choice, layout: layOut(inputs, barsTotal, threads, terms.plan === 'events') };
}

/** The module of a sweep: its decisions and its account, specialised for strategy, costs and data length. */
export function encodeSweep({ inputs, layout, terms }: SweepPlan): Uint8Array<ArrayBuffer> {
  const allowed = { long: terms.allowsLong, short: terms.allowsShort };
  const functions = [emitSignals(inputs, layout, allowed), emitSimulation(inputs, layout, terms)];
  return encodeModule(functions, PAGES_MAXIMUM);
}

/** What a sweep runs: its own module, and the one that all sweeps share. */
export interface SweepModules {
  readonly kernels: WebAssembly.Module;
  readonly preparation: WebAssembly.Module;
}

interface Kernels {
  readonly signals: (count: number, descriptors: number, bitmaps: number) => void;
  readonly simulate: (count: number, descriptors: number, bitmaps: number, results: number) => void;
}

/** Where lists of so many addresses lie: of rows, and of where the ranks of each belong. */
interface RankedLists {
  readonly rows: number;
  readonly ranks: number;
  readonly count: number;
}

/** Makes memory, whatever is in it, ready for the threads of a sweep. */
export function beginSweep({ layout }: SweepPlan, memory: WebAssembly.Memory): void {
  new Uint8Array(memory.buffer, 0, layout.controlBytes).fill(0);
}

/**
 * One thread's part in a sweep over shared memory: the threads share out rows and bitmaps, then ranks, and then any thread can run
 * any tile in a scratch of its own.
 */
export class WasmSweep {
  private readonly request: SweepRequest;
  private readonly strategy: CompiledStrategy;
  private readonly plan: SweepPlan;
  private readonly buffer: ArrayBufferLike;
  private readonly kernels: Kernels;
  private readonly strides: readonly Int32Array[];
  private readonly scalars: readonly Float64Array[];
  private readonly preparation: PreparationKernels;
  private readonly writer: InputWriter;

  constructor(
    request: SweepRequest,
    strategy: CompiledStrategy,
    plan: SweepPlan,
    memory: WebAssembly.Memory,
    modules: SweepModules,
  ) {
    this.request = request;
    this.strategy = strategy;
    this.plan = plan;
    this.buffer = memory.buffer;
    const exportsOf = (module: WebAssembly.Module) =>
      new WebAssembly.Instance(module, { env: { memory } }).exports as unknown;
    this.kernels = exportsOf(modules.kernels) as Kernels;
    this.preparation = exportsOf(modules.preparation) as PreparationKernels;
    this.writer = new InputWriter(request, strategy, plan.layout, memory.buffer, this.preparation);
    this.strides = plan.inputs.slots.map((slot) => slotStrides(slot, request.axes));
    this.scalars = plan.inputs.slots.map((slot) => this.scalarsOf(slot));
  }

  /** Returns when everything that is computed once is there; what others have not begun is done here. */
  prepare(part: number, check: () => void): void {
    const { valueShares, rankShares } = this.plan.layout;
    const perform = ({ address, count }: ShareStates, work: (share: number, count: number) => void) =>
      new Shares(this.buffer, address, count).perform(part, (share) => work(share, count), check);
    this.writer.useScratch(this.scratchOf(part));
    perform(valueShares, (share, count) => {
      if (share === 0) writeTables(this.buffer, this.request.instruments[0].bars, this.plan.layout);
      else this.writeValues(share - 1, count - 1, check);
    });
    const ranked = this.listRanked(part);
    perform(rankShares, (share, count) => this.rank(ranked, share, count));
  }

  private writeValues(share: number, shares: number, check: () => void): void {
    const { inputs, layout } = this.plan;
    inputs.slots.forEach((slot, index) => {
      if (!slot.isShared || (slot.kind !== 'row' && slot.kind !== 'bitmap')) return;
      const bytes = slot.kind === 'row' ? layout.rowBytes : layout.bitmapBytes;
      const [from, to] = shareOf(slot.distinct, share, shares);
      for (let item = from; item < to; item += 1) {
        check();
        const parameters = slotParameters(slot, this.request.axes, item);
        this.writer.write(slot, parameters, layout.slots[index] + item * bytes);
      }
    });
  }

  /** Lists, in the room of a part, the rows of each relation that is compared by rank, and where their ranks belong. */
  private listRanked(part: number): readonly RankedLists[] {
    const { inputs, layout } = this.plan;
    return inputs.relations.flatMap(({ a, b }, index) => {
      const ranked = layout.ranked[index];
      if (!ranked || a.kind !== 'row' || b.kind !== 'row') return [];
      const addresses = (start: number, slot: number, bytes: number) =>
        Array.from({ length: inputs.slots[slot].distinct }, (_, item) => start + item * bytes);
      const rows = [a.slot, b.slot].flatMap((slot) => addresses(layout.slots[slot], slot, layout.rowBytes));
      const ranks = [
        ...addresses(ranked.a, a.slot, layout.rankedBytes),
        ...addresses(ranked.b, b.slot, layout.rankedBytes),
      ];
      const lists = ranked.lists + part * 2 * 4 * rows.length;
      new Int32Array(this.buffer, lists, 2 * rows.length).set([...rows, ...ranks]);
      return [{ rows: lists, ranks: lists + 4 * rows.length, count: rows.length }];
    });
  }

  /** Ranks a share of the bars. */
  private rank(relations: readonly RankedLists[], share: number, shares: number): void {
    const { words } = this.plan.layout;
    const [from, to] = shareOf(words, share, shares);
    const knownAt = words * BARS_PER_WORD * 2;
    for (const { rows, ranks, count } of relations)
      this.preparation.rank(rows, ranks, count, from, to, knownAt);
  }

  /** Runs sets `fromIndex` to `toIndex - 1`, at most SETS_PER_TILE, in scratch `scratchIndex`. */
  runTile(fromIndex: number, toIndex: number, scratchIndex: number, check: () => void): SweepTile {
    const { layout } = this.plan;
    const scratch = this.scratchOf(scratchIndex);
    this.writer.useScratch(scratch);
    const count = toIndex - fromIndex;
    this.describe(fromIndex, count, scratch);
    for (let done = 0; done < count; done += layout.setsPerBatch) {
      check();
      const batch = Math.min(layout.setsPerBatch, count - done);
      if (layout.setsPerBatch === 1) this.computeOwn(fromIndex + done, scratch);
      const descriptors = scratch + done * layout.descriptorBytes;
      const bitmaps = scratch + layout.scratchBitmaps;
      this.kernels.signals(batch, descriptors, bitmaps);
      const results = scratch + layout.scratchResults + done * RESULT_DOUBLES * 8;
      this.kernels.simulate(batch, descriptors, bitmaps, results);
    }
    return this.collect(fromIndex, count, scratch + layout.scratchResults);
  }

  private scratchOf(index: number): number {
    const { scratch, scratchBytes } = this.plan.layout;
    return scratch + index * scratchBytes;
  }

  /** Writes where each set of a tile finds its inputs. */
  private describe(fromIndex: number, count: number, scratch: number): void {
    const { inputs, layout } = this.plan;
    const entries = layout.descriptorBytes / 8;
    const integers = new Int32Array(this.buffer, scratch, count * entries * 2);
    const doubles = new Float64Array(this.buffer, scratch, count * entries);
    const lengths = this.request.axes.map(({ values }) => values.length);
    const digits = new Int32Array(lengths.length);
    for (let set = 0; set < count; set += 1) {
      let rest = fromIndex + set;
      for (let axis = lengths.length - 1; axis >= 0; axis -= 1) {
        digits[axis] = rest % lengths[axis];
        rest = Math.floor(rest / lengths[axis]);
      }
      const base = set * entries;
      for (let index = 0; index < inputs.slots.length; index += 1) {
        const { kind, isShared } = inputs.slots[index];
        const item = placeOf(digits, this.strides[index]);
        if (kind === 'scalar') doubles[base + index] = this.scalars[index][item];
        else if (kind === 'integer') integers[2 * (base + index)] = this.scalars[index][item];
        else {
          const bytes = kind === 'row' ? layout.rowBytes : layout.bitmapBytes;
          const own = scratch + layout.scratchSlots[index];
          integers[2 * (base + index)] = isShared ? layout.slots[index] + item * bytes : own;
        }
      }
      this.describeRanks(integers, base + inputs.slots.length, digits);
    }
  }

  private describeRanks(integers: Int32Array, base: number, digits: Int32Array): void {
    const { inputs, layout } = this.plan;
    for (let index = 0; index < inputs.relations.length; index += 1) {
      const ranked = layout.ranked[index];
      const { a, b } = inputs.relations[index];
      if (!ranked || a.kind !== 'row' || b.kind !== 'row') continue;
      const at = 2 * (base + 2 * index);
      integers[at] = ranked.a + placeOf(digits, this.strides[a.slot]) * layout.rankedBytes;
      integers[at + 2] = ranked.b + placeOf(digits, this.strides[b.slot]) * layout.rankedBytes;
    }
  }

  /** Computes what only this set needs. */
  private computeOwn(index: number, scratch: number): void {
    const { inputs, layout } = this.plan;
    let rest = index;
    const parameters: Record<string, number> = {};
    for (const { parameter, values } of this.request.axes.toReversed()) {
      parameters[parameter] = values[rest % values.length];
      rest = Math.floor(rest / values.length);
    }
    inputs.slots.forEach((slot, place) => {
      if (!slot.isShared) this.writer.write(slot, parameters, scratch + layout.scratchSlots[place]);
    });
  }

  private scalarsOf(slot: Slot): Float64Array {
    if (slot.kind !== 'scalar' && slot.kind !== 'integer') return new Float64Array(0);
    return Float64Array.from({ length: slot.distinct }, (_, item) => {
      const parameters = { ...this.request.parameters, ...slotParameters(slot, this.request.axes, item) };
      const value = scalarValues(this.strategy, parameters)[slot.node]!;
      if (slot.kind === 'integer' && !(Number.isInteger(value) && value >= 1)) {
        throw new ComputeError('INVALID_PARAMETER', `expected a whole number of bars from 1, was ${value}`);
      }
      return value;
    });
  }

  private collect(fromIndex: number, count: number, results: number): SweepTile {
    const { layout } = this.plan;
    // One buffer for all columns: a message costs by the buffers that it hands over.
    const buffer = new ArrayBuffer(4 * 8 * count);
    const column = (index: number) => new Float64Array(buffer, 8 * count * index, count);
    const tile = {
      fromIndex,
      totalReturn: column(0),
      sharpe: column(1),
      maxDrawdown: column(2),
      tradeCount: column(3),
    };
    const sums = new Float64Array(this.buffer, results, count * RESULT_DOUBLES);
    const finish = sumsFinisher(layout.barsTotal, this.request);
    for (let set = 0, at = 0; set < count; set += 1, at += RESULT_DOUBLES) {
      const figures = finish({
        first: sums[at],
        last: sums[at + 1],
        returns: [sums[at + 2], sums[at + 3]],
        squares: [sums[at + 4], sums[at + 5]],
        worstRatio: sums[at + 6],
        tradeCount: sums[at + 7],
      });
      tile.totalReturn[set] = figures.totalReturn;
      tile.sharpe[set] = figures.sharpe;
      tile.maxDrawdown[set] = figures.maxDrawdown;
      tile.tradeCount[set] = figures.tradeCount;
    }
    return tile;
  }
}

function placeOf(digits: Int32Array, strides: Int32Array): number {
  let place = 0;
  for (let axis = 0; axis < digits.length; axis += 1) place += digits[axis] * strides[axis];
  return place;
}

function shareOf(count: number, part: number, parts: number): readonly [number, number] {
  return [Math.floor((count * part) / parts), Math.floor((count * (part + 1)) / parts)];
}
