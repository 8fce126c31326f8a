import { parentPort } from 'node:worker_threads';
import { CudaError, type CudaState, openCuda } from '../backends/cuda/device.ts';
import { loadDriver } from '../backends/cuda/driver.ts';
import { planCudaSweep, runCudaSweep } from '../backends/cuda/sweep.ts';
import type { SeriesCache } from '../backends/reference/evaluate.ts';
import { planSweep, TILE_COUNTER, WasmSweep } from '../backends/wasm/sweep.ts';
import { runBacktest } from '../backtest/run.ts';
import type { Checkpoint } from '../backtest/stretches.ts';
import { runSweepTile } from '../backtest/sweep.ts';
import { gridSize } from '../backtest/sweep-grid.ts';
import { compiledForSweep, validateRisk } from '../backtest/validate.ts';
import { measureRisk } from '../risk/measure.ts';
import { type BacktestProgress, ComputeError, type SweepTile } from '../service/contract.ts';
import type { SharedSweep, WorkerReply, WorkerRequest } from '../service/messages.ts';
import { performPaths } from './paths.ts';
import type { CompiledStrategy } from '../strategy/compile.ts';

const PROGRESS_INTERVAL_MS = 50;

class Cancelled extends Error {}

/** The sweep whose strategy and series this thread still holds from its tile before. */
let sweep: { id: string; strategy: CompiledStrategy; cache: SeriesCache } | undefined;

/** The sweep over shared memory this thread takes part in. */
let sharedSweep: { id: string; sweep: WasmSweep } | undefined;

parentPort!.on('message', (request: WorkerRequest) => {
  try {
    reply({ requestId: request.requestId, kind: 'done', result: perform(request) });
  } catch (problem) {
    const { requestId } = request;
    if (problem instanceof Cancelled) reply({ requestId, kind: 'cancelled' });
    else if (problem instanceof ComputeError) {
      const { code, message, diagnostics } = problem;
      reply({ requestId, kind: 'failed', code, message, diagnostics });
    } else {
      const message = problem instanceof Error ? (problem.stack ?? problem.message) : String(problem);
      reply({ requestId, kind: 'failed', code: 'BUG', message, diagnostics: [] });
    }
  }
});

function perform(request: WorkerRequest) {
  const check = () => {
    if (Atomics.load(request.cancelled, 0) === 1) throw new Cancelled();
  };
  if (request.kind === 'backtest')
    return runBacktest(request.request, checkpointOf(request.requestId, check));
  if (request.kind === 'risk') {
    validateRisk(request.request);
    return measureRisk(request.request);
  }
  if (request.kind === 'wasmPrepare') {
    const { step, part } = request;
    const own = takePart(request.sweep);
    if (step === 'values') own.prepare(part, request.sweep.threads, check);
    else own.rank(part, request.sweep.threads);
    return null;
  }
  if (request.kind === 'wasmTiles') return runTiles(request, check);
  if (request.kind === 'cudaSweep') return runOnDevices(request, check);
  if (request.kind !== 'sweepTile') return performPaths(request, check);
  if (sweep?.id !== request.sweepId) {
    sweep = { id: request.sweepId, strategy: compiledForSweep(request.request), cache: new Map() };
  }
  return runSweepTile(
    request.request,
    sweep.strategy,
    request.fromIndex,
    request.toIndex,
    sweep.cache,
    check,
  );
}

function takePart(shared: SharedSweep): WasmSweep {
  if (sharedSweep?.id !== shared.id) {
    const { request, threads, memory, modules } = shared;
    const strategy = compiledForSweep(request);
    const plan = planSweep(strategy, request, threads);
    sharedSweep = { id: shared.id, sweep: new WasmSweep(request, strategy, plan, memory, modules) };
  }
  return sharedSweep.sweep;
}

/** Runs tiles and reports each as it is done. */
function runTiles(request: Extract<WorkerRequest, { kind: 'wasmTiles' }>, check: () => void): null {
  const { sweep: shared, scratchIndex, tiles, requestId } = request;
  const own = takePart(shared);
  const setsTotal = gridSize(shared.request.axes);
  const counter = new Int32Array(shared.memory.buffer, TILE_COUNTER, 1);
  const listed = tiles?.values();
  for (;;) {
    const tile = listed ? listed.next().value : Atomics.add(counter, 0, 1);
    const fromIndex = (tile ?? Infinity) * shared.tileSize;
    if (!(fromIndex < setsTotal)) return null;
    const toIndex = Math.min(setsTotal, fromIndex + shared.tileSize);
    const progress = own.runTile(fromIndex, toIndex, scratchIndex, check);
    reply({ requestId, kind: 'progress', progress });
  }
}

/** The devices of this thread, opened with its first sweep on them. */
let cuda: CudaState | undefined;

function runOnDevices(request: Extract<WorkerRequest, { kind: 'cudaSweep' }>, check: () => void): null {
  cuda ??= openCuda(loadDriver(), request.visibleDevices);
  const unavailable = (reason: string) => new ComputeError('UNAVAILABLE', reason);
  if (cuda.devices.length === 0) throw unavailable(cuda.reason ?? 'there is no device');
  const strategy = compiledForSweep(request.request);
  const plan = planCudaSweep(strategy, request.request);
  if (typeof plan === 'string') throw unavailable(plan);
  const { requestId } = request;
  const onTile = (progress: SweepTile) => reply({ requestId, kind: 'progress', progress });
  try {
    runCudaSweep(cuda.devices, strategy, request.request, plan, { check, onTile });
  } catch (problem) {
    throw problem instanceof CudaError ? unavailable(problem.message) : problem;
  }
  return null;
}

function checkpointOf(requestId: number, check: () => void): Checkpoint<BacktestProgress> {
  let reportedAtMs = performance.now();
  let pending: BacktestProgress[] = [];
  return {
    check,
    report: (progress) => {
      pending.push(progress);
      const isDue = performance.now() - reportedAtMs >= PROGRESS_INTERVAL_MS;
      if (!isDue && progress.barsDone < progress.barsTotal) return;
      reply({ requestId, kind: 'progress', progress: joined(pending) });
      pending = [];
      reportedAtMs = performance.now();
    },
  };
}

function joined(parts: readonly BacktestProgress[]): BacktestProgress {
  const last = parts[parts.length - 1];
  const { fromIndex } = parts[0];
  const equity = new Float64Array(last.barsDone - fromIndex);
  for (const part of parts) equity.set(part.equity, part.fromIndex - fromIndex);
  return { ...last, fromIndex, equity };
}

function reply(message: WorkerReply): void {
  parentPort!.postMessage(message);
}
