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
import { type DistinctRow, distinctRows, rowOf, rowsOfRelation } from './distinct-rows.ts';
import { slotParameters, slotStrides } from './slot-items.ts';
import { type KernelInputs, planInputs, type Slot } from './slots.ts';
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
  const { terms, choice } = chooseTerms(strategy, request);
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
  private readonly rows: readonly DistinctRow[];
  /** By relation, its rows, and where each distinct row stands among them. */
  private readonly ranked: readonly { readonly rows: readonly number[]; readonly places: Int32Array }[];
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
    this.rows = distinctRows(plan.inputs.slots);
    this.ranked = plan.inputs.relations.map((relation, index) => {
      const rows = plan.layout.ranked[index] ? rowsOfRelation(plan.inputs, relation) : [];
      const places = new Int32Array(plan.inputs.rowsTotal);
      rows.forEach((row, place) => (places[row] = place));
      return { rows, places };
    });
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
    const write = (slot: Slot, item: number, address: number) => {
      check();
      this.writer.write(slot, slotParameters(slot, this.request.axes, item), address);
    };
    const [firstRow, endRow] = shareOf(this.rows.length, share, shares);
    for (let row = firstRow; row < endRow; row += 1)
      write(this.rows[row].slot, this.rows[row].item, layout.rows + row * layout.rowBytes);
    inputs.slots.forEach((slot, index) => {
      if (!slot.isShared || slot.kind !== 'bitmap') return;
      const [from, to] = shareOf(slot.distinct, share, shares);
      for (let item = from; item < to; item += 1)
        write(slot, item, layout.slots[index] + item * layout.bitmapBytes);
    });
  }

  /** Lists, in the room of a part, the rows of each relation that is compared by rank, and where their ranks belong. */
  private listRanked(part: number): readonly RankedLists[] {
    const { layout } = this.plan;
    return layout.ranked.flatMap((ranked, index) => {
      if (!ranked) return [];
      const { rows } = this.ranked[index];
      const count = rows.length;
      const lists = ranked.lists + part * 2 * 4 * count;
      const addresses = new Int32Array(this.buffer, lists, 2 * count);
      rows.forEach((row, place) => {
        addresses[place] = layout.rows + row * layout.rowBytes;
        addresses[count + place] = ranked.ranks + place * layout.rankedBytes;
      });
      return [{ rows: lists, ranks: lists + 4 * count, count }];
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
        const { kind, isShared, rows } = inputs.slots[index];
        const item = placeOf(digits, this.strides[index]);
        const at = base + index;
        if (kind === 'scalar') doubles[at] = this.scalars[index][item];
        else if (kind === 'integer') integers[2 * at] = this.scalars[index][item];
        else if (rows) integers[2 * at] = layout.rows + rowOf(rows, item) * layout.rowBytes;
        else if (isShared) integers[2 * at] = layout.slots[index] + item * layout.bitmapBytes;
        else integers[2 * at] = scratch + layout.scratchSlots[index];
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
      integers[at] = ranked.ranks + this.rankOf(a.slot, digits, index) * layout.rankedBytes;
      integers[at + 2] = ranked.ranks + this.rankOf(b.slot, digits, index) * layout.rankedBytes;
    }
  }

  /** Where the row of a slot stands among the ranked rows of a relation. */
  private rankOf(slot: number, digits: Int32Array, relation: number): number {
    const row = rowOf(this.plan.inputs.slots[slot].rows!, placeOf(digits, this.strides[slot]));
    return this.ranked[relation].places[row];
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
