import { SETS_PER_TILE } from '../../compute/src/backends/wasm/layout.ts';
import { beginSweep, encodeSweep, planSweep, WasmSweep } from '../../compute/src/backends/wasm/sweep.ts';
import { openCuda } from '../../compute/src/backends/cuda/device.ts';
import type { SharedSeries } from '../../compute/src/backends/cuda/shared-series.ts';
import { planCudaSweep, runCudaSweep } from '../../compute/src/backends/cuda/sweep.ts';
import { StubDriver } from '../../compute/src/backends/cuda/testing/stub-driver.ts';
import { runSweepTile } from '../../compute/src/backtest/sweep.ts';
import { gridSize } from '../../compute/src/backtest/sweep-grid.ts';
import { compiledForSweep } from '../../compute/src/backtest/validate.ts';
import type { WorkerPool } from '../../compute/src/pool/pool.ts';
import type { SweepRequest, SweepTile } from '../../compute/src/service/contract.ts';
import { giveMemoryBack, moduleOf, preparationModule, takeMemory } from '../../compute/src/service/memory.ts';
import type { CompiledStrategy } from '../../compute/src/strategy/compile.ts';
import { figures } from './sweeps.ts';

/** The figures of every set, by name. */
export type Figures = ReturnType<typeof figures>;
/** The backends that compute one result: on `cuda` the kernels are interpreted. */
export type BackendName = 'reference' | 'wasm' | 'cuda';

/** Declared tolerance of the plans of events, relative to 1 or to the figure where that is greater. */
const EVENTS_TOLERANCE = 1e-9;
const never = () => undefined;

/** How a sweep is cut into pieces, none of which its figures may depend on. */
export interface WasmPieces {
  /** Threads, each of which does its part of what is computed once. */
  readonly threads: number;
  readonly tileSets: number;
}

/** What the reference says of a sweep. */
export function figuresByReference(request: SweepRequest, strategy = compiledForSweep(request)): Figures {
  return figures([runSweepTile(request, strategy, 0, gridSize(request.axes), new Map(), never)]);
}

/** What the kernels of WebAssembly say of a sweep, and by which plan; the threads take turns. */
export function figuresByWasm(
  request: SweepRequest,
  strategy: CompiledStrategy = compiledForSweep(request),
  { threads, tileSets }: WasmPieces = { threads: 1, tileSets: SETS_PER_TILE },
): { readonly figures: Figures; readonly plan: string } {
  const plan = planSweep(strategy, request, threads);
  const memory = takeMemory(plan.layout.pages);
  const modules = { kernels: moduleOf(plan, encodeSweep), preparation: preparationModule() };
  beginSweep(plan, memory);
  const parts = Array.from({ length: threads }, (_, part) => {
    const sweep = new WasmSweep(request, strategy, plan, memory, modules, part);
    sweep.prepare(never);
    return sweep;
  });
  const tiles: SweepTile[] = [];
  const sets = gridSize(request.axes);
  for (let from = 0; from < sets; from += tileSets) {
    const part = tiles.length % threads;
    tiles.push(parts[part].runTile(from, Math.min(sets, from + tileSets), never));
  }
  giveMemoryBack(memory);
  return { figures: figures(tiles), plan: plan.choice.backend };
}

/** What the threads of a pool say of a sweep that they share, each with a part of its own and tiles as they come. */
export async function figuresByThreads(
  pool: WorkerPool,
  request: SweepRequest,
  { threads, tileSets }: WasmPieces,
): Promise<Figures> {
  const strategy = compiledForSweep(request);
  const plan = planSweep(strategy, request, threads);
  const memory = takeMemory(plan.layout.pages);
  const modules = { kernels: moduleOf(plan, encodeSweep), preparation: preparationModule() };
  beginSweep(plan, memory);
  const sweep = { request, strategy, plan, tileSize: tileSets, memory, modules };
  const tiles: SweepTile[] = [];
  const onProgress = (tile: SweepTile) => void tiles.push(tile);
  const takePart = (part: number) =>
    pool.run<readonly SweepTile[], SweepTile>(
      { kind: 'wasmSweep', sweep, part, tiles: null },
      { onProgress },
    );
  const rests = await Promise.all(Array.from({ length: threads }, (_, part) => takePart(part)));
  tiles.push(...rests.flat());
  giveMemoryBack(memory);
  return figures(tiles.toSorted((a, b) => a.fromIndex - b.fromIndex));
}

/** What the kernels of CUDA say of a sweep, and by which plan, interpreted on a small device; with series that threads may help with. */
export function figuresByCuda(
  request: SweepRequest,
  strategy = compiledForSweep(request),
  series: SharedSeries | null = null,
): { readonly figures: Figures; readonly plan: string } {
  const plan = planCudaSweep(strategy, request);
  if (typeof plan === 'string') throw new Error(plan);
  const tiles: SweepTile[] = [];
  const onTile = (tile: SweepTile) => void tiles.push(tile);
  const { devices } = openCuda(new StubDriver());
  runCudaSweep(devices, strategy, request, plan, { check: never, onTile }, series);
  return { figures: figures(tiles), plan: plan.choice.backend };
}

/** What a backend says of a sweep, and the plan by which it was found. */
export function figuresBy(
  backend: BackendName,
  request: SweepRequest,
  strategy = compiledForSweep(request),
): { readonly figures: Figures; readonly plan: string } {
  if (backend === 'wasm') return figuresByWasm(request, strategy);
  if (backend === 'cuda') return figuresByCuda(request, strategy);
  return { figures: figuresByReference(request, strategy), plan: backend };
}

/**
 * Figures that have to be `expected`: equal bits, but for those that a plan of events sums over ranges, which are the expected ones
 * where they are inside its tolerance. Its trades are exact.
 */
export function withinPromise(found: Figures, expected: Figures, plan: string): Figures {
  if (!plan.endsWith('-events')) return found;
  const near = (values: readonly number[], wanted: readonly number[]) =>
    values.map((value, index) => (isNear(value, wanted[index]) ? wanted[index] : value));
  return {
    totalReturn: near(found.totalReturn, expected.totalReturn),
    sharpe: near(found.sharpe, expected.sharpe),
    maxDrawdown: near(found.maxDrawdown, expected.maxDrawdown),
    tradeCount: found.tradeCount,
  };
}

function isNear(value: number, wanted: number): boolean {
  return Math.abs(value - wanted) <= EVENTS_TOLERANCE * Math.max(1, Math.abs(wanted));
}
