import { type CudaState, verification } from '../backends/cuda/device.ts';
import type { CudaSettings } from '../backends/cuda/settings.ts';
import { shareSeries } from '../backends/cuda/shared-series.ts';
import { chooseCudaSweep, UNIVERSE_OBSTACLE } from '../backends/cuda/sweep.ts';
import { FunctionBuilder, v128 } from '../backends/wasm/builder.ts';
import { encodeModule } from '../backends/wasm/encoder.ts';
import { SETS_PER_TILE } from '../backends/wasm/layout.ts';
import { beginSweep, encodeSweep, PAGES_MAXIMUM, planSweep } from '../backends/wasm/sweep.ts';
import { STRETCH_PAGES_MAXIMUM, stretchPages } from '../backends/wasm/stretches.ts';
import { kernelObstacle } from '../backends/wasm/terms.ts';
import { BestSets } from '../backtest/sweep.ts';
import { gridParameters, gridSize } from '../backtest/sweep-grid.ts';
import {
  candidatesOf,
  gridFor,
  holdsUniverse,
  type UniverseStrategy,
} from '../backtest/universe/universe.ts';
import type { WorkerPool } from '../pool/pool.ts';
import type { CompiledStrategy } from '../strategy/compile.ts';
import {
  type BackendChoice,
  type BackendStatus,
  ComputeError,
  type SweepProgress,
  type SweepRequest,
  type SweepResult,
  type SweepTile,
  type TaskOptions,
} from './contract.ts';
import { combinedChoice } from './backend-choice.ts';
import { resultHash } from './content-hash.ts';
import { firstSets } from './first-sets.ts';
import { SetsOnce } from './grid-parts.ts';
import { giveMemoryBack, moduleOf, preparationModule, takeMemory } from './memory.ts';
import type { SharedSweep, WorkerTask } from './messages.ts';

const TILES_PER_THREAD_MINIMUM = 32;
/** Fewer where each tile is a task of its own, which the request travels with. */
const TASKS_PER_THREAD_MINIMUM = 8;

/** Whether the engine knows SIMD, once it was asked: that takes longer than planning a sweep. */
let hasSimd: boolean | undefined;

/** Whether this process can run the wasm backend. */
export function wasmStatus(): BackendStatus {
  const available = (hasSimd ??= WebAssembly.validate(simdModule()));
  const reason = available
    ? 'a SIMD module is made for each sweep and runs on every thread over shared memory'
    : 'this runtime has no WebAssembly SIMD';
  return { name: 'wasm', available, reason };
}

/** Below so many bar-evaluations a GPU cannot pay for starting and copying. */
const DEVICE_EVALUATIONS_MINIMUM = 1e9;

/** A sweep whose request is checked, with bars in shared memory, the strategy it names and what gives the hash of all that was asked. */
export interface CheckedSweep {
  readonly request: SweepRequest;
  readonly strategy: CompiledStrategy;
  /** Takes long with the first call. */
  readonly requestHash: () => string;
}

/** What a service may use beside its threads. */
export interface ServiceDevices {
  readonly cuda: CudaState;
  readonly settings: CudaSettings;
}

/** Whether sweeps and simulations can run on a GPU, and why not. */
export function cudaStatus({ version, devices, reason }: CudaState): BackendStatus {
  const names = devices.map(({ name }) => name).join(', ');
  return {
    name: 'cuda',
    available: devices.length > 0,
    reason: `${reason ?? `${names} with CUDA ${version}, for sweeps above 1e9 bar-evaluations and simulations above 1e9 products`}; ${verification(devices)}`,
  };
}

/** The least module that an engine without SIMD refuses. */
function simdModule(): Uint8Array<ArrayBuffer> {
  const probe = new FunctionBuilder();
  probe.if(v128.anyTrue(0), () => undefined);
  return encodeModule([probe.finish('probe')], 1);
}

/** By what the tiles of a sweep were made. */
interface TilesMade extends BackendChoice {
  /** Places of the sets that another backend than the last had done: from and to, by twos. */
  readonly split?: readonly number[];
}

type DeviceSweep = Extract<WorkerTask, { kind: 'cudaSweep' }>;

/** Makes the tiles of a sweep, and says by what. */
type TileSource = (signal: AbortSignal, onTile: (tile: SweepTile) => void) => Promise<TilesMade>;

/** Sweeps over all threads of the pool; tiles are reported in any order. */
export async function runSweep(
  pool: WorkerPool,
  sweep: CheckedSweep,
  devices: ServiceDevices,
  { signal, onProgress }: TaskOptions<SweepProgress>,
): Promise<SweepResult> {
  const startedAtMs = performance.now();
  const { request } = sweep;
  const setsTotal = gridSize(request.axes);
  const best = new BestSets(request.objective, request.keepBest);
  const source = chooseSource(pool, sweep, devices);
  // One tile that fails ends the others too.
  const failed = new AbortController();
  const ended = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  let setsDone = 0;
  let made: TilesMade;
  let requestHash: string;
  try {
    const making = source(ended, (tile) => {
      setsDone += tile.totalReturn.length;
      best.add(tile);
      onProgress?.({ setsDone, setsTotal, tile });
    });
    // While the threads begin.
    requestHash = sweep.requestHash();
    made = await making;
  } catch (problem) {
    failed.abort(problem);
    throw problem;
  }
  const { backend, reason, split } = made;
  return {
    setsTotal,
    best: best.sets.map(({ index }) => ({ index, parameters: gridParameters(request.axes, index) })),
    barEvaluations: setsTotal * tradedBars(sweep),
    elapsedMs: performance.now() - startedAtMs,
    threads: pool.threads,
    backend: { backend, reason },
    contentHash: resultHash(requestHash, backend, split),
  };
}

/** Bars that one set is computed on: those of the instrument, or of all that a universe is chosen from. */
function tradedBars({ request, strategy }: CheckedSweep): number {
  if (!holdsUniverse(strategy)) return request.instruments[0].bars.timesMs.length;
  const candidates = candidatesOf(strategy, request);
  const traded = request.instruments.filter(({ symbol }) => candidates.includes(symbol));
  return traded.reduce((total, { bars }) => total + bars.timesMs.length, 0);
}

function chooseSource(pool: WorkerPool, sweep: CheckedSweep, devices: ServiceDevices): TileSource {
  const { request, strategy } = sweep;
  const status = wasmStatus();
  if (!status.available) return referenceTiles(pool, sweep, status.reason);
  const obstacle = kernelObstacle(strategy, request);
  if (obstacle !== null) return referenceTiles(pool, sweep, obstacle);
  if (holdsUniverse(strategy)) return universeTiles(pool, sweep, strategy);
  const processor = (reason?: string) => processorTiles(pool, sweep, reason);
  const evaluations = gridSize(request.axes) * request.instruments[0].bars.timesMs.length;
  if (evaluations < DEVICE_EVALUATIONS_MINIMUM) return processor();
  if (devices.cuda.devices.length === 0) return processor(`no GPU took it: ${devices.cuda.reason}`);
  const chosen = chooseCudaSweep(strategy, request);
  if (typeof chosen === 'string') return processor(`no GPU took it: ${chosen}`);
  // With one thread there is nobody to share with.
  const series =
    pool.threads > 1 ? shareSeries(strategy, chosen.inputs.slots, chosen.layout.barsTotal, takeMemory) : null;
  const { settings } = devices;
  const task = { kind: 'cudaSweep', request, strategy, chosen, settings, series } as const;
  return deviceTiles(pool, task, chosen.choice, processor);
}

/** The sweep on the GPU; where that fails, what is left of it on the processor. */
function deviceTiles(
  pool: WorkerPool,
  task: DeviceSweep,
  choice: BackendChoice,
  processor: (reason: string) => TileSource,
): TileSource {
  return async (signal, onTile) => {
    // A thread that died, and the processor after a GPU that failed, begin anew.
    const once = new SetsOnce({ axes: task.request.axes, fromIndex: 0 });
    const report = (tile: SweepTile) => {
      for (const fresh of once.fresh(tile)) onTile(fresh);
    };
    try {
      await runOnDevices(pool, task, signal, report);
      return choice;
    } catch (problem) {
      if (!(problem instanceof ComputeError) || problem.code !== 'UNAVAILABLE') throw problem;
      const split = once.seenStretches();
      const rest = await processor(`the GPU failed: ${problem.message}`)(signal, report);
      if (split.length === 0) return rest;
      return { ...combinedChoice([choice, rest]), split };
    }
  };
}

/** Runs a sweep on the thread of the devices, while the others help it with the series that it reads. */
async function runOnDevices(
  pool: WorkerPool,
  task: DeviceSweep,
  signal: AbortSignal,
  onProgress: (tile: SweepTile) => void,
): Promise<void> {
  const ended = new AbortController();
  const options = { signal: AbortSignal.any([signal, ended.signal]) };
  const { request, strategy, series } = task;
  const sweep = runTiles(pool, task, { ...options, onProgress });
  const helpers = !series
    ? []
    : Array.from({ length: Math.min(pool.threads, series.items.length) - 1 }, (_, index) =>
        pool.run<null>({ kind: 'cudaSeries', request, strategy, series, part: 1 + index }, options),
      );
  try {
    // A helper that fails leaves a series that nobody computes; one that nobody needs any more may still wait for a thread.
    await Promise.race([sweep, Promise.all(helpers).then(() => sweep)]);
    if (series) giveMemoryBack(series.memory);
  } finally {
    ended.abort();
  }
}

/** The sweep on the kernels of the processor; `reason` is why it is not elsewhere, where that needs saying. */
function processorTiles(pool: WorkerPool, sweep: CheckedSweep, reason?: string): TileSource {
  const { request, strategy } = sweep;
  const plan = planSweep(strategy, request, pool.threads);
  const { pages } = plan.layout;
  if (pages > PAGES_MAXIMUM) {
    const needed = `${Math.ceil(pages / 16)} MiB of shared memory`;
    return referenceTiles(pool, sweep, `the sweep needs ${needed}, a module has at most 4096`);
  }
  const choice = reason ? { ...plan.choice, reason: `${plan.choice.reason}; ${reason}` } : plan.choice;
  return async (signal, onTile) => {
    const report = pool.isStarted ? onTile : reportFirst(pool, sweep, onTile);
    const shared: SharedSweep = {
      request,
      strategy,
      plan,
      tileSize: tileSizeFor(gridSize(request.axes), pool.threads * TILES_PER_THREAD_MINIMUM),
      memory: takeMemory(pages),
      modules: { kernels: moduleOf(plan, encodeSweep), preparation: preparationModule() },
    };
    beginSweep(plan, shared.memory);
    await runShared(pool, shared, signal, report);
    giveMemoryBack(shared.memory);
    return choice;
  };
}

/** Starts the threads and does some sets here while they load their code; what it returns reports each other set. */
function reportFirst(
  pool: WorkerPool,
  sweep: CheckedSweep,
  onTile: (tile: SweepTile) => void,
): (tile: SweepTile) => void {
  pool.warmUp();
  const first = firstSets(sweep);
  if (first === null) return onTile;
  const once = new SetsOnce({ axes: sweep.request.axes, fromIndex: 0 });
  const report = (tile: SweepTile) => {
    for (const fresh of once.fresh(tile)) onTile(fresh);
  };
  report(first);
  return report;
}

/** Runs a task that makes tiles, of which the last come with its end. */
async function runTiles(
  pool: WorkerPool,
  task: WorkerTask,
  options: { readonly signal: AbortSignal; readonly onProgress: (tile: SweepTile) => void },
): Promise<void> {
  const rest = await pool.run<readonly SweepTile[], SweepTile>(task, options);
  for (const tile of rest) options.onProgress(tile);
}

async function runShared(
  pool: WorkerPool,
  sweep: SharedSweep,
  signal: AbortSignal,
  onTile: (tile: SweepTile) => void,
): Promise<void> {
  const missing = new Set(
    Array.from({ length: Math.ceil(gridSize(sweep.request.axes) / sweep.tileSize) }).keys(),
  );
  const onProgress = (tile: SweepTile) => {
    // A thread that died may have reported what another now does again.
    if (missing.delete(tile.fromIndex / sweep.tileSize)) onTile(tile);
  };
  const takePart = (part: number, tiles: readonly number[] | null) =>
    runTiles(pool, { kind: 'wasmSweep', sweep, part, tiles }, { signal, onProgress });
  await Promise.all(Array.from({ length: pool.threads }, (_, part) => takePart(part, null)));
  // Tiles that died with the thread that had taken them.
  if (missing.size > 0) await takePart(0, [...missing]);
}

/** The sweep of a universe: chosen and traded as the reference does, with a kernel for the bars between. */
function universeTiles(pool: WorkerPool, sweep: CheckedSweep, strategy: UniverseStrategy): TileSource {
  const { members, timesMs } = gridFor(strategy, sweep.request);
  if (stretchPages(members.length, timesMs.length) > STRETCH_PAGES_MAXIMUM)
    return referenceTiles(pool, sweep, 'the closes of the universe need more than 256 MiB for each thread');
  return tilesByTask(pool, sweep, {
    backend: 'wasm-stretches',
    reason: `a kernel values what is held from one choice to the next; no GPU took it: ${UNIVERSE_OBSTACLE}`,
  });
}

function referenceTiles(pool: WorkerPool, sweep: CheckedSweep, reason: string): TileSource {
  return tilesByTask(pool, sweep, { backend: 'reference', reason });
}

/** Tiles that threads take one by one. */
function tilesByTask(
  pool: WorkerPool,
  { request, requestHash }: CheckedSweep,
  choice: BackendChoice,
): TileSource {
  const sweepId = requestHash();
  const hasStretches = choice.backend === 'wasm-stretches';
  const setsTotal = gridSize(request.axes);
  const tileSize = tileSizeFor(setsTotal, pool.threads * TASKS_PER_THREAD_MINIMUM);
  return async (signal, onTile) => {
    let nextIndex = 0;
    const takeTiles = async (): Promise<void> => {
      while (nextIndex < setsTotal) {
        const fromIndex = nextIndex;
        nextIndex = Math.min(setsTotal, fromIndex + tileSize);
        const task = {
          kind: 'sweepTile',
          request,
          sweepId,
          hasStretches,
          fromIndex,
          toIndex: nextIndex,
        } as const;
        onTile(await pool.run<SweepTile>(task, { signal }));
      }
    };
    await Promise.all(Array.from({ length: pool.threads }, takeTiles));
    return choice;
  };
}

function tileSizeFor(setsTotal: number, tilesMinimum: number): number {
  const each = Math.ceil(setsTotal / tilesMinimum);
  return Math.max(1, Math.min(SETS_PER_TILE, each));
}
