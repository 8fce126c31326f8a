import type { SweepRequest } from '../../service/contract.ts';
import type { CompiledStrategy } from '../../strategy/compile.ts';
import { evaluateInputs, evaluateNode, type SeriesCache } from '../reference/evaluate.ts';
import { runningSums, WINDOW_SUMS } from '../reference/windows.ts';
import { COMPARED_AT_ONCE } from './emit-comparison.ts';
import type { Layout } from './layout.ts';
import type { PreparationKernels } from './preparation.ts';
import type { Slot } from './slots.ts';
import { writeBitmap, writeRow } from './tables.ts';

/** Series kept between items of one slot before the cache is emptied. */
const CACHED_VALUES_MAXIMUM = 2_000_000;

/** What each comparison asks for. */
const COMPARED: Readonly<
  Record<string, { readonly below?: true; readonly above?: true; readonly same?: true }>
> = {
  less: { below: true },
  greater: { above: true },
  less_equal: { below: true, same: true },
  greater_equal: { above: true, same: true },
  equal: { same: true },
  not_equal: { below: true, above: true },
};

/** Writes rows and bitmaps into the memory of a sweep: by kernels where there is one, else what the reference computes. */
export class InputWriter {
  private readonly request: SweepRequest;
  private readonly strategy: CompiledStrategy;
  private readonly layout: Layout;
  private readonly buffer: ArrayBufferLike;
  private readonly kernels: PreparationKernels;
  private readonly cache: SeriesCache = new Map();
  /** Where series are put for a kernel to read, and which lie there. */
  private staging: readonly number[] = [];
  private readonly staged: (Float64Array | null)[] = [];

  constructor(
    request: SweepRequest,
    strategy: CompiledStrategy,
    layout: Layout,
    buffer: ArrayBufferLike,
    kernels: PreparationKernels,
  ) {
    this.request = request;
    this.strategy = strategy;
    this.layout = layout;
    this.buffer = buffer;
    this.kernels = kernels;
  }

  /** Uses the staging areas of this scratch from now on, whatever another thread has left there. */
  useScratch(scratch: number): void {
    this.staging = this.layout.scratchStaging.map((offset) => scratch + offset);
    this.staged.fill(null);
  }

  /** Writes one row or bitmap for these values of the axes. */
  write(slot: Slot, parameters: Readonly<Record<string, number>>, address: number): void {
    const { layout, strategy } = this;
    if (this.cache.size * layout.barsTotal > CACHED_VALUES_MAXIMUM) this.cache.clear();
    const all = { ...this.request.parameters, ...parameters };
    const { op } = strategy.nodes[slot.node];
    if (slot.kind === 'row' && op in WINDOW_SUMS && this.writeWindows(slot.node, all, address)) return;
    if (slot.kind === 'bitmap' && op in COMPARED) return this.writeComparison(slot.node, all, address);
    const series = evaluateNode(strategy, all, this.request.instruments, slot.node, this.cache);
    if (slot.kind === 'row') writeRow(this.buffer, address, series, layout);
    else writeBitmap(this.buffer, address, series, layout);
  }

  /** False where a value is missing: then the reference is asked. */
  private writeWindows(node: number, parameters: Readonly<Record<string, number>>, address: number): boolean {
    const { series, scalar } = this.inputsOf(node, parameters);
    const { sums, missing } = runningSums(series(0));
    if (missing !== null) return false;
    const width = scalar(1);
    const divisor = WINDOW_SUMS[this.strategy.nodes[node].op].isMean ? width : 1;
    this.kernels.windows(this.stage(0, sums), width, divisor, address, this.layout.rowBytes / 8);
    return true;
  }

  private writeComparison(node: number, parameters: Readonly<Record<string, number>>, address: number): void {
    const { op, inputs } = this.strategy.nodes[node];
    const { series, scalar } = this.inputsOf(node, parameters);
    const isConstant = this.strategy.nodes[inputs[1]].type === 'scalar';
    const a = this.stage(0, series(0));
    const b = isConstant ? this.stageConstant(scalar(1)) : this.stage(1, series(1));
    const { below, above, same } = COMPARED[op];
    const mask = (isAsked?: true) => (isAsked ? -1 : 0);
    const step = isConstant ? 0 : 8 * COMPARED_AT_ONCE;
    this.kernels.compare(a, b, step, mask(below), mask(above), mask(same), address, this.layout.words);
  }

  private inputsOf(node: number, parameters: Readonly<Record<string, number>>) {
    return evaluateInputs(this.strategy, parameters, this.request.instruments, node, this.cache);
  }

  private stage(area: 0 | 1, series: Float64Array): number {
    const address = this.staging[area];
    if (this.staged[area] !== series) {
      writeRow(this.buffer, address, series, this.layout, 1);
      this.staged[area] = series;
    }
    return address;
  }

  private stageConstant(value: number): number {
    const [, address] = this.staging;
    new Float64Array(this.buffer, address, COMPARED_AT_ONCE).fill(value);
    this.staged[1] = null;
    return address;
  }
}
