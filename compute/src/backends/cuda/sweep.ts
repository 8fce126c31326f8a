import { figureTerms } from '../../backtest/summary.ts';
import { gridSize } from '../../backtest/sweep-grid.ts';
import type { SweepRequest, SweepTile } from '../../service/contract.ts';
import type { CompiledStrategy } from '../../strategy/compile.ts';
import { type KernelInputs, planInputs } from '../wasm/slots.ts';
import { chooseTerms } from '../wasm/terms.ts';
import { after, DeviceBuffers } from './buffers.ts';
import { type CudaDevice, CudaError } from './device.ts';
import type { Handle } from './driver.ts';
import { SETS_PER_BLOCK } from './emit-summary.ts';
import { emitSweep, FIGURES, SWEEP_KERNEL } from './emit-sweep.ts';
import { type InputMemory, InputPreparation, type KnownSeries } from './inputs.ts';
import { type CudaLayout, layOut } from './layout.ts';
import { computeShared, type SharedSeries, sharedReader } from './shared-series.ts';

/** One simulates, the other sums up. */
const THREADS_PER_SET = 2;
/** Sets of one launch: enough for every core of a large device. */
const TILE_SETS_MAXIMUM = 2 ** 17;
/** Work of one launch, so that a sweep reports and can be cancelled about every second. */
const TILE_EVALUATIONS_MAXIMUM = 1e11;
/** Launches of one device that overlap: one computes while the results of the other are read. */
const LANES_PER_DEVICE = 2;
const DATA_BYTES_MAXIMUM = 2 ** 30;
/** Conditions of more kinds are compared by the kernel, which costs it less than packing their bits costs the processor. */
const BITMAPS_MAXIMUM = 16;

/** Why no GPU takes the sweep of a universe. */
export const UNIVERSE_OBSTACLE = 'the choices and trades of a universe are those of the reference';

/** Everything about a sweep on a GPU that follows from its request. */
export interface CudaPlan {
  readonly inputs: KernelInputs;
  readonly layout: CudaLayout;
  /** The kernel's module. */
  readonly text: string;
}

/** Plans a sweep; a sentence that says why where the GPU can't take it. */
export function planCudaSweep(strategy: CompiledStrategy, request: SweepRequest): CudaPlan | string {
  if (strategy.universe !== null) return UNIVERSE_OBSTACLE;
  const inputs = planInputs(strategy, request, { bitmapsMaximum: BITMAPS_MAXIMUM, computesRareValues: true });
  const { terms } = chooseTerms(strategy, inputs, request);
  const layout = layOut(inputs, request.axes, request.instruments[0].bars.timesMs.length);
  if (layout.bytes > DATA_BYTES_MAXIMUM) {
    const needed = Math.ceil(layout.bytes / 2 ** 20);
    return `its indicators take ${needed} MiB, of which the processor would have to prepare at most 1024`;
  }
  return { inputs, layout, text: emitSweep(inputs, terms, layout, figureTerms(request)) };
}

/**
 * Runs a whole sweep on the devices, which take tiles in turn. Tiles are reported in the grid's order. Other threads may help with the
 * series that are shared with them; this one is part 0.
 */
export function runCudaSweep(
  devices: readonly CudaDevice[],
  strategy: CompiledStrategy,
  request: SweepRequest,
  plan: CudaPlan,
  hooks: { readonly check: () => void; readonly onTile: (tile: SweepTile) => void },
  shared: SharedSeries | null = null,
): void {
  const barsTotal = plan.layout.barsTotal;
  const setsTotal = gridSize(request.axes);
  const wanted = Math.min(
    TILE_SETS_MAXIMUM,
    Math.floor(TILE_EVALUATIONS_MAXIMUM / Math.max(1, barsTotal)),
    Math.ceil(setsTotal / (devices.length * LANES_PER_DEVICE)),
  );
  const open: Lane[] = [];
  const inputs: DeviceBuffers[] = [];
  try {
    const places = devices.map((device): InputMemory => {
      const memory = new DeviceBuffers(device);
      inputs.push(memory);
      return { memory, address: memory.room(plan.layout.bytes) };
    });
    const known = seriesOf(strategy, request, shared, hooks.check);
    new InputPreparation(strategy, request, plan.layout, places, hooks.check, known).run(plan.inputs);
    const tileSets = openLanes(places, plan, Math.max(SETS_PER_BLOCK, wanted), open);
    const report = (lane: Lane) => {
      const tile = lane.collect();
      if (tile) hooks.onTile(tile);
    };
    let turn = 0;
    for (let fromIndex = 0; fromIndex < setsTotal; fromIndex += tileSets) {
      hooks.check();
      const lane = open[turn % open.length];
      report(lane);
      lane.start(fromIndex, Math.min(tileSets, setsTotal - fromIndex));
      turn += 1;
    }
    for (let rest = 0; rest < open.length; rest += 1) report(open[(turn + rest) % open.length]);
  } finally {
    for (const lane of open) lane.close();
    for (const memory of inputs) memory.close();
  }
}

function seriesOf(
  strategy: CompiledStrategy,
  request: SweepRequest,
  shared: SharedSeries | null,
  check: () => void,
): KnownSeries {
  if (!shared) return () => null;
  computeShared(strategy, request, shared, 0, check);
  return sharedReader(shared);
}

/** Opens the lanes with room for `wanted` sets each, or for half as often as the memory asks; returns how many there is room for. */
function openLanes(places: readonly InputMemory[], plan: CudaPlan, wanted: number, open: Lane[]): number {
  try {
    for (let lane = 0; lane < LANES_PER_DEVICE; lane += 1)
      for (const { memory, address } of places) open.push(new Lane(memory.device, address, plan, wanted));
    return wanted;
  } catch (problem) {
    const canShrink = problem instanceof CudaError && problem.isOutOfMemory && wanted > SETS_PER_BLOCK;
    if (!canShrink) throw problem;
    for (const lane of open.splice(0)) lane.close();
    return openLanes(places, plan, Math.ceil(wanted / 2), open);
  }
}

/** One launch at a time on one device, with room for its results. */
class Lane {
  private readonly memory: DeviceBuffers;
  private readonly data: Handle;
  private readonly plan: CudaPlan;
  private readonly kernel: Handle;
  private readonly results: Handle;
  private running: { readonly fromIndex: number; readonly count: number } | undefined;

  constructor(device: CudaDevice, data: Handle, plan: CudaPlan, tileSets: number) {
    this.data = data;
    this.plan = plan;
    this.kernel = device.kernel(plan.text, SWEEP_KERNEL);
    this.memory = new DeviceBuffers(device);
    try {
      this.results = this.memory.room(8 * FIGURES.length * tileSets);
    } catch (problem) {
      this.memory.close();
      throw problem;
    }
  }

  start(fromIndex: number, count: number): void {
    const blocks = Math.ceil(count / SETS_PER_BLOCK);
    const { device, stream } = this.memory;
    device.launch(this.kernel, blocks, THREADS_PER_SET * SETS_PER_BLOCK, stream, [
      ['u64', this.data],
      ['u64', this.results],
      ['u32', fromIndex],
      ['u32', count],
    ]);
    this.running = { fromIndex, count };
  }

  /** Waits for the launch; what it found, or null where there was none. */
  collect(): SweepTile | null {
    if (!this.running) return null;
    const { fromIndex, count } = this.running;
    const [totalReturn, sharpe, maxDrawdown, tradeCount] = FIGURES.map((_, index) => {
      const column = new Float64Array(count);
      const place = after(this.results, 8 * count * index);
      this.memory.device.download(new Uint8Array(column.buffer), place, this.memory.stream);
      return column;
    });
    this.running = undefined;
    return { fromIndex, totalReturn, sharpe, maxDrawdown, tradeCount };
  }

  close(): void {
    this.memory.close();
  }
}
