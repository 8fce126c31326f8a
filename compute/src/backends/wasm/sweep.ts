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
import { type DescriptorEntry, DescriptorWriter } from './descriptors.ts';
import { encodeModule } from './encoder.ts';
import { emitSignals } from './emit-signals.ts';
import { emitSimulation } from './emit-simulation.ts';
import { InputWriter } from './input-writer.ts';
import type { PreparationKernels } from './preparation.ts';
import { type DistinctRow, distinctRows, rowOf, rowsOfRelation } from './distinct-rows.ts';
import { slotParameters, slotStrides } from './slot-items.ts';
import { type KernelInputs, planInputs, type SeriesExpression, type Slot } from './slots.ts';
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
  private readonly rows: readonly DistinctRow[];
  /** By relation, its rows, and where each distinct row stands among them. */
  private readonly ranked: readonly { readonly rows: readonly number[]; readonly places: Int32Array }[];
  private readonly preparation: PreparationKernels;
  private readonly writer: InputWriter;
  private readonly descriptors: DescriptorWriter;
  private readonly part: number;
  /** The room that this thread has to itself. */
  private readonly scratch: number;

  constructor(
    request: SweepRequest,
    strategy: CompiledStrategy,
    plan: SweepPlan,
    memory: WebAssembly.Memory,
    modules: SweepModules,
    part: number,
  ) {
    this.part = part;
    this.scratch = plan.layout.scratch + part * plan.layout.scratchBytes;
    this.request = request;
    this.strategy = strategy;
    this.plan = plan;
    this.buffer = memory.buffer;
    const exportsOf = (module: WebAssembly.Module) =>
      new WebAssembly.Instance(module, { env: { memory } }).exports as unknown;
    this.kernels = exportsOf(modules.kernels) as Kernels;
    this.preparation = exportsOf(modules.preparation) as PreparationKernels;
    this.writer = new InputWriter(request, strategy, plan.layout, memory.buffer, this.preparation);
    this.rows = distinctRows(plan.inputs.slots);
    this.ranked = plan.inputs.relations.map((relation, index) => {
      const rows = plan.layout.ranked[index] ? rowsOfRelation(plan.inputs, relation) : [];
      const places = new Int32Array(plan.inputs.rowsTotal);
      rows.forEach((row, place) => (places[row] = place));
      return { rows, places };
    });
    this.writer.useScratch(this.scratch);
    this.descriptors = new DescriptorWriter(request.axes, this.descriptorEntries());
  }

  /** Returns when everything that is computed once is there; what others have not begun is done here. */
  prepare(check: () => void): void {
    const { valueShares, tableShares, rankShares } = this.plan.layout;
    const perform = ({ address, count }: ShareStates, work: (share: number, count: number) => void) =>
      new Shares(this.buffer, address, count).perform(this.part, (share) => work(share, count), check);
    perform(valueShares, (share, count) => {
      const values = share - tableShares;
      if (values < 0) writeTables(this.buffer, this.request.instruments[0].bars, this.plan.layout, share);
      else this.writeValues(values, count - tableShares, check);
    });
    const ranked = this.listRanked();
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
  private listRanked(): readonly RankedLists[] {
    const { layout } = this.plan;
    return layout.ranked.flatMap((ranked, index) => {
      if (!ranked) return [];
      const { rows } = this.ranked[index];
      const count = rows.length;
      const lists = ranked.lists + this.part * 2 * 4 * count;
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

  /** Runs sets `fromIndex` to `toIndex - 1`, at most SETS_PER_TILE. */
  runTile(fromIndex: number, toIndex: number, check: () => void): SweepTile {
    const { scratch } = this;
    const { layout } = this.plan;
    const count = toIndex - fromIndex;
    this.descriptors.write(this.buffer, scratch, fromIndex, count);
    for (let done = 0; done < count; done += layout.setsPerBatch) {
      check();
      const batch = Math.min(layout.setsPerBatch, count - done);
      if (layout.setsPerBatch === 1) this.computeOwn(fromIndex + done);
      const descriptors = scratch + done * layout.descriptorBytes;
      const bitmaps = scratch + layout.scratchBitmaps;
      this.kernels.signals(batch, descriptors, bitmaps);
      const results = scratch + layout.scratchResults + done * RESULT_DOUBLES * 8;
      this.kernels.simulate(batch, descriptors, bitmaps, results);
    }
    return this.collect(fromIndex, count, scratch + layout.scratchResults);
  }

  /** What the descriptor of a set holds: an entry for each slot, then two for each relation, whose sides may be compared by rank. */
  private descriptorEntries(): DescriptorEntry[] {
    const { inputs, layout } = this.plan;
    const { axes } = this.request;
    const slots = inputs.slots.map((slot, index): DescriptorEntry => {
      const { kind, isShared, rows, distinct } = slot;
      const strides = slotStrides(slot, axes);
      if (kind === 'scalar') return { strides, numbers: this.scalarsOf(slot) };
      if (kind === 'integer') return { strides, integers: Int32Array.from(this.scalarsOf(slot)) };
      if (!rows && !isShared) {
        const integers = Int32Array.of(this.scratch + layout.scratchSlots[index]);
        return { strides: new Int32Array(axes.length), integers };
      }
      const addressOf = (item: number) =>
        rows
          ? layout.rows + rowOf(rows, item) * layout.rowBytes
          : layout.slots[index] + item * layout.bitmapBytes;
      return { strides, integers: Int32Array.from({ length: distinct }, (_, item) => addressOf(item)) };
    });
    const sides = inputs.relations.flatMap(({ a, b }, index) =>
      [a, b].map((side) => this.rankEntry(side, index)),
    );
    return [...slots, ...sides];
  }

  /** Where the ranks of one side of a relation are; nothing where it is not compared by rank. */
  private rankEntry(side: SeriesExpression, relation: number): DescriptorEntry {
    const { inputs, layout } = this.plan;
    const ranked = layout.ranked[relation];
    if (!ranked || side.kind !== 'row') return { strides: new Int32Array(this.request.axes.length) };
    const slot = inputs.slots[side.slot];
    const { places } = this.ranked[relation];
    const addressOf = (item: number) => ranked.ranks + places[rowOf(slot.rows!, item)] * layout.rankedBytes;
    return {
      strides: slotStrides(slot, this.request.axes),
      integers: Int32Array.from({ length: slot.distinct }, (_, item) => addressOf(item)),
    };
  }

  /** Computes what only this set needs. */
  private computeOwn(index: number): void {
    const { inputs, layout } = this.plan;
    let rest = index;
    const parameters: Record<string, number> = {};
    for (const { parameter, values } of this.request.axes.toReversed()) {
      parameters[parameter] = values[rest % values.length];
      rest = Math.floor(rest / values.length);
    }
    inputs.slots.forEach((slot, place) => {
      if (!slot.isShared) this.writer.write(slot, parameters, this.scratch + layout.scratchSlots[place]);
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
        evenReturns: sums[at + 2],
        oddReturns: sums[at + 3],
        evenSquares: sums[at + 4],
        oddSquares: sums[at + 5],
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

function shareOf(count: number, part: number, parts: number): readonly [number, number] {
  return [Math.floor((count * part) / parts), Math.floor((count * (part + 1)) / parts)];
}
