import {
  type GaussianModel,
  linearLoadings,
  type PathModel,
  type PathShape,
  sumColumns,
} from '../../simulation/model.ts';
import { KEY_STEPS, keyOf, ROUNDS } from '../../simulation/philox.ts';
import { encodeModule } from './encoder.ts';
import { layOutPaths, type PathLayout } from './monte-carlo-layout.ts';
import { emitPaths } from './monte-carlo-paths.ts';
import { type Precision, WIDTHS } from './monte-carlo-reals.ts';

export type { Precision };

/** Paths between two looks at whether the simulation is still wanted; also what is computed before optimised code can take over. */
const PATHS_PER_CALL = 1024;
const PAGES_MAXIMUM = 65_536;

/** What every thread of a simulation knows of it. */
export interface PathPlan {
  readonly shape: PathShape;
  readonly precision: Precision;
  readonly layout: PathLayout;
  readonly scenarios: number;
}

/** Plans a simulation of `scenarios` paths over `threads` threads. */
export function planPaths(
  shape: PathShape,
  precision: Precision,
  scenarios: number,
  threads: number,
): PathPlan {
  return { shape, precision, scenarios, layout: layOutPaths(shape, precision, scenarios, threads) };
}

/** The module of a simulation, specialised for the shape of its book, and the constants it needs in memory. */
export function encodePaths({ shape, precision, layout }: PathPlan): {
  readonly module: Uint8Array<ArrayBuffer>;
  readonly constants: Uint8Array;
} {
  const { simulate, constants } = emitPaths(shape, precision, layout);
  return { module: encodeModule([simulate], PAGES_MAXIMUM), constants };
}

/** Whether the memory of a simulation can be had at all. */
export function fitsMemory({ layout }: PathPlan): boolean {
  return layout.pages <= PAGES_MAXIMUM / 2;
}

/** Writes what a simulation reads: once, before any thread begins. */
export function writeModel(
  plan: PathPlan,
  constants: Uint8Array,
  model: PathModel,
  seed: number,
  memory: WebAssembly.Memory,
): void {
  const { layout, precision } = plan;
  // What pads rows to whole vectors has to be 0, and memory may have been used before.
  new Uint8Array(memory.buffer, 0, layout.scratch).fill(0);
  new Uint8Array(memory.buffer, layout.constants, constants.length).set(constants);
  writeRoundKeys(memory.buffer, layout.roundKeys, seed);
  const write = (at: number, values: ArrayLike<number>) =>
    column(memory, precision, at, values.length).set(values);
  if (model.kind === 'gaussian') {
    if (model.isLinear) {
      const { loadings, mean } = linearLoadings(model);
      write(layout.factor, loadings);
      write(layout.mean, [mean]);
    } else {
      write(layout.weights, model.weights);
      write(layout.drift, model.drift);
      write(layout.factor, pairedRows(model));
    }
    return;
  }
  write(layout.weights, model.weights);
  const columns = sumColumns(model);
  for (let row = 0; row * columns < model.sums.length; row += 1)
    write(layout.sums + row * layout.sumRowBytes, model.sums.subarray(row * columns, (row + 1) * columns));
}

/** The returns that were simulated. */
export function pathReturns(plan: PathPlan, memory: WebAssembly.Memory): Float32Array | Float64Array {
  return column(memory, plan.precision, plan.layout.returns, plan.scenarios);
}

/** One thread's part in a simulation over shared memory. */
export class WasmPaths {
  private readonly plan: PathPlan;
  private readonly simulate: (from: number, to: number, scratch: number) => void;

  constructor(plan: PathPlan, memory: WebAssembly.Memory, module: WebAssembly.Module) {
    this.plan = plan;
    this.simulate = new WebAssembly.Instance(module, { env: { memory } }).exports
      .simulate as WasmPaths['simulate'];
  }

  /** Simulates paths `from` to `to - 1`, where `from` is a multiple of 16, in scratch `scratchIndex`. */
  run(from: number, to: number, scratchIndex: number, check: () => void): void {
    const { layout } = this.plan;
    for (let path = from; path < to; path += PATHS_PER_CALL) {
      check();
      const end = Math.min(to, path + PATHS_PER_CALL);
      this.simulate(path, end, layout.scratch + scratchIndex * layout.scratchBytes);
    }
  }
}

function writeRoundKeys(buffer: ArrayBufferLike, at: number, seed: number): void {
  const keys = new Uint32Array(buffer, at, 8 * ROUNDS);
  const key = keyOf(seed);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const half of [0, 1])
      keys.fill(key[half] + round * KEY_STEPS[half], 8 * round + 4 * half, 8 * round + 4 * half + 4);
  }
}

/** Rows 0 and 1 beside each other, then rows 2 and 3, ...; each pair up to the diagonal of its second row. */
function pairedRows({ factor, assetCount }: GaussianModel): number[] {
  const at = (row: number, place: number) =>
    row < assetCount && place <= row ? factor[row * assetCount + place] : 0;
  const out: number[] = [];
  for (let row = 0; row < assetCount; row += 2)
    for (let place = 0; place < row + 2; place += 1) out.push(at(row, place), at(row + 1, place));
  return out;
}

function column(memory: WebAssembly.Memory, precision: Precision, at: number, length: number) {
  return WIDTHS[precision].bytes === 4
    ? new Float32Array(memory.buffer, at, length)
    : new Float64Array(memory.buffer, at, length);
}
