import type { CudaState } from '../backends/cuda/device.ts';
import { planCudaSweep } from '../backends/cuda/sweep.ts';
import { FunctionBuilder, v128 } from '../backends/wasm/builder.ts';
import { encodeModule } from '../backends/wasm/encoder.ts';
import { SETS_PER_TILE } from '../backends/wasm/layout.ts';
import { encodeSweep, PAGES_MAXIMUM, planSweep, TILE_COUNTER } from '../backends/wasm/sweep.ts';
import { kernelObstacle } from '../backends/wasm/terms.ts';
import { BestSets } from '../backtest/sweep.ts';
import { gridParameters, gridSize } from '../backtest/sweep-grid.ts';
import { compiledForSweep } from '../backtest/validate.ts';
import type { WorkerPool } from '../pool/pool.ts';
import { contentHash } from './content-hash.ts';
import type {
  BackendChoice,
  BackendStatus,
  SweepProgress,
  SweepRequest,
  SweepResult,
  SweepTile,
  TaskOptions,
} from './contract.ts';
import { giveMemoryBack, moduleOf, takeMemory } from './memory.ts';
import type { SharedSweep } from './messages.ts';

const TILES_PER_THREAD_MINIMUM = 8;
/** Whether this process can run the wasm backend. */
export function wasmStatus(): BackendStatus {
  const available = WebAssembly.validate(simdModule());
  const reason = available
    ? 'a SIMD module is made for each sweep and runs on every thread over shared memory'
    : 'this runtime has no WebAssembly SIMD';
  return { name: 'wasm', available, reason };
}

/** Below so many bar-evaluations a GPU cannot pay for starting and copying. */
const DEVICE_EVALUATIONS_MINIMUM = 1e9;

/** What a service may use beside its threads. */
export interface SweepDevices {
  readonly cuda: CudaState;
  /** What NVIDIA_VISIBLE_DEVICES says. */
  readonly visibleDevices: string;
}

/** Whether sweeps can run on a GPU, and why not. */
export function cudaStatus({ version, devices, reason }: CudaState): BackendStatus {
  const names = devices.map(({ name }) => name).join(', ');
  return {
    name: 'cuda',
    available: devices.length > 0,
    reason:
      reason ??
      `${names} with CUDA ${version}: for sweeps above 1e9 bar-evaluations; not yet verified on a GPU`,
  };
}

/** The least module that an engine without SIMD refuses. */
function simdModule(): Uint8Array<ArrayBuffer> {
  const probe = new FunctionBuilder();
  probe.if(v128.anyTrue(0), () => undefined);
  return encodeModule([probe.finish('probe')], 1);
}

/** How the tiles of a sweep come about. */
interface TileSource {
  readonly choice: BackendChoice;
  readonly run: (signal: AbortSignal, onTile: (tile: SweepTile) => void) => Promise<unknown>;
}

let sweepCount = 0;

/** Sweeps a checked request, whose bars lie in shared memory, over all threads of the pool; tiles are reported in any order. */
export async function runSweep(
  pool: WorkerPool,
  request: SweepRequest,
  devices: SweepDevices,
  { signal, onProgress }: TaskOptions<SweepProgress>,
): Promise<SweepResult> {
  const startedAtMs = performance.now();
  const setsTotal = gridSize(request.axes);
  const hash = contentHash(request);
  const best = new BestSets(request.objective, request.keepBest);
  const source = chooseSource(pool, request, devices, hash);
  // One tile that fails ends the others too.
  const failed = new AbortController();
  const ended = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  let setsDone = 0;
  try {
    await source.run(ended, (tile) => {
      setsDone += tile.totalReturn.length;
      best.add(tile);
      onProgress?.({ setsDone, setsTotal, tile });
    });
  } catch (problem) {
    failed.abort(problem);
    throw problem;
  }
  return {
    setsTotal,
    best: best.sets.map(({ index }) => ({ index, parameters: gridParameters(request.axes, index) })),
    barEvaluations: setsTotal * request.instruments[0].bars.timesMs.length,
    elapsedMs: performance.now() - startedAtMs,
    threads: pool.threads,
    backend: source.choice,
    contentHash: hash,
  };
}

function chooseSource(
  pool: WorkerPool,
  request: SweepRequest,
  devices: SweepDevices,
  hash: string,
): TileSource {
  const status = wasmStatus();
  if (!status.available) return referenceTiles(pool, request, hash, status.reason);
  const strategy = compiledForSweep(request);
  const obstacle = kernelObstacle(strategy, request);
  if (obstacle !== null) return referenceTiles(pool, request, hash, obstacle);
  const onDevice = deviceTiles(pool, request, devices);
  if (onDevice) return onDevice;
  const plan = planSweep(strategy, request, pool.threads);
  const { pages } = plan.layout;
  if (pages > PAGES_MAXIMUM) {
    const needed = `${Math.ceil(pages / 16)} MiB of shared memory`;
    return referenceTiles(pool, request, hash, `the sweep needs ${needed}, a module has at most 4096`);
  }
  sweepCount += 1;
  const shared: SharedSweep = {
    id: `${hash} ${sweepCount}`,
    request,
    threads: pool.threads,
    tileSize: tileSizeFor(gridSize(request.axes), pool.threads),
    memory: takeMemory(pages),
    module: moduleOf(encodeSweep(plan)),
  };
  const run: TileSource['run'] = async (signal, onTile) => {
    await runShared(pool, shared, signal, onTile);
    giveMemoryBack(shared.memory);
  };
  return { choice: plan.choice, run };
}

/** The sweep on the GPU, where there is one and the work is worth it. */
function deviceTiles(
  pool: WorkerPool,
  request: SweepRequest,
  { cuda, visibleDevices }: SweepDevices,
): TileSource | null {
  const evaluations = gridSize(request.axes) * request.instruments[0].bars.timesMs.length;
  if (cuda.devices.length === 0 || evaluations < DEVICE_EVALUATIONS_MINIMUM) return null;
  if (typeof planCudaSweep(compiledForSweep(request), request) === 'string') return null;
  const reason = `${evaluations.toExponential(1)} bar-evaluations are worth the GPU`;
  const run: TileSource['run'] = (signal, onTile) =>
    pool.run<null, SweepTile>({ kind: 'cudaSweep', request, visibleDevices }, { signal, onProgress: onTile });
  return { choice: { backend: 'cuda', reason }, run };
}

async function runShared(
  pool: WorkerPool,
  sweep: SharedSweep,
  signal: AbortSignal,
  onTile: (tile: SweepTile) => void,
): Promise<void> {
  const parts = Array.from({ length: pool.threads }, (_, part) => part);
  for (const step of ['values', 'ranks'] as const) {
    await Promise.all(parts.map((part) => pool.run({ kind: 'wasmPrepare', sweep, step, part }, { signal })));
  }
  const missing = new Set(
    Array.from({ length: Math.ceil(gridSize(sweep.request.axes) / sweep.tileSize) }).keys(),
  );
  const onProgress = (tile: SweepTile) => {
    // A thread that died may have reported what another now does again.
    if (missing.delete(tile.fromIndex / sweep.tileSize)) onTile(tile);
  };
  new Int32Array(sweep.memory.buffer, TILE_COUNTER, 1)[0] = 0;
  const takeTiles = (scratchIndex: number, tiles: readonly number[] | null) =>
    pool.run<null, SweepTile>({ kind: 'wasmTiles', sweep, scratchIndex, tiles }, { signal, onProgress });
  await Promise.all(parts.map((part) => takeTiles(part, null)));
  // Tiles that died with the thread that had taken them.
  if (missing.size > 0) await takeTiles(0, [...missing]);
}

function referenceTiles(
  pool: WorkerPool,
  request: SweepRequest,
  sweepId: string,
  reason: string,
): TileSource {
  const setsTotal = gridSize(request.axes);
  const tileSize = tileSizeFor(setsTotal, pool.threads);
  const run = async (signal: AbortSignal, onTile: (tile: SweepTile) => void) => {
    let nextIndex = 0;
    const takeTiles = async (): Promise<void> => {
      while (nextIndex < setsTotal) {
        const fromIndex = nextIndex;
        nextIndex = Math.min(setsTotal, fromIndex + tileSize);
        const task = { kind: 'sweepTile', request, sweepId, fromIndex, toIndex: nextIndex } as const;
        onTile(await pool.run<SweepTile>(task, { signal }));
      }
    };
    await Promise.all(Array.from({ length: pool.threads }, takeTiles));
  };
  return { choice: { backend: 'reference', reason }, run };
}

function tileSizeFor(setsTotal: number, threads: number): number {
  const each = Math.ceil(setsTotal / (threads * TILES_PER_THREAD_MINIMUM));
  return Math.max(1, Math.min(SETS_PER_TILE, each));
}
