import { parentPort } from 'node:worker_threads';
import { helpWithSeries } from '../backends/cuda/shared-series.ts';
import type { SeriesCache } from '../backends/reference/evaluate.ts';
import { WasmStretches } from '../backends/wasm/stretches.ts';
import { TILE_COUNTER, WasmSweep } from '../backends/wasm/sweep.ts';
import { runBacktest } from '../backtest/run.ts';
import type { Checkpoint } from '../backtest/stretches.ts';
import { runSweepTile, type TileSimulator, universeTiles } from '../backtest/sweep.ts';
import { gridSize } from '../backtest/sweep-grid.ts';
import { holdsUniverse } from '../backtest/universe/universe.ts';
import { compiledForSweep, validateRisk } from '../backtest/validate.ts';
import { measureRisk } from '../risk/measure.ts';
import { type BacktestProgress, ComputeError, type SweepTile } from '../service/contract.ts';
import type { WorkerReply, WorkerRequest } from '../service/messages.ts';
import { performPaths } from './paths.ts';
import { CANCELLED, progressReporter, tileReporter } from './progress.ts';
import { inOneBuffer, transferablesOf } from './transfer.ts';

class Cancelled extends Error {}

/** The sweep whose strategy and series this thread still holds from its tile before. */
let sweep: { readonly key: string; readonly simulate: TileSimulator } | undefined;

parentPort!.on('message', (request: WorkerRequest) => void answer(request));

async function answer(request: WorkerRequest): Promise<void> {
  try {
    reply({ requestId: request.requestId, kind: 'done', result: await perform(request) });
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
}

async function perform(request: WorkerRequest) {
  const check = () => {
    if (Atomics.load(request.control, CANCELLED) === 1) throw new Cancelled();
  };
  if (request.kind === 'backtest') return runBacktest(request.request, checkpointOf(request, check));
  if (request.kind === 'risk') {
    validateRisk(request.request);
    return measureRisk(request.request);
  }
  if (request.kind === 'wasmSweep') return takePart(request, check);
  if (request.kind === 'cudaSweep') {
    // The driver's interface takes long to load, and few threads need it.
    const { sweepOnDevices } = await import('./devices.ts');
    const report = reporterOf(request);
    sweepOnDevices(request, { check, onTile: report.add });
    return report.rest();
  }
  if (request.kind === 'cudaSeries') {
    helpWithSeries(request.strategy, request.request, request.series, request.part, check);
    return null;
  }
  if (request.kind === 'cudaPaths') {
    const { simulateOnDevices } = await import('./devices.ts');
    return simulateOnDevices(request, check);
  }
  if (request.kind !== 'sweepTile') return performPaths(request, check);
  const key = `${request.sweepId} ${request.hasStretches}`;
  if (sweep?.key !== key) sweep = { key, simulate: tileSimulator(request) };
  return sweep.simulate(request.fromIndex, request.toIndex, check);
}

function tileSimulator({
  request,
  hasStretches,
}: Extract<WorkerRequest, { kind: 'sweepTile' }>): TileSimulator {
  const strategy = compiledForSweep(request);
  if (hasStretches && holdsUniverse(strategy))
    return universeTiles(request, strategy, (grid) => new WasmStretches(grid));
  const cache: SeriesCache = new Map();
  return (fromIndex, toIndex, check) => runSweepTile(request, strategy, fromIndex, toIndex, cache, check);
}

/** Prepares what no other thread does, then runs tiles and reports each as it is done; returns those that were not reported yet. */
function takePart(
  request: Extract<WorkerRequest, { kind: 'wasmSweep' }>,
  check: () => void,
): readonly SweepTile[] {
  const { sweep: shared, part, tiles } = request;
  const { strategy, plan, memory, modules } = shared;
  const own = new WasmSweep(shared.request, strategy, plan, memory, modules, part);
  own.prepare(check);
  const setsTotal = gridSize(shared.request.axes);
  const counter = new Int32Array(shared.memory.buffer, TILE_COUNTER, 1);
  const listed = tiles?.values();
  const report = reporterOf(request, inOneBuffer);
  for (;;) {
    const tile = listed ? listed.next().value : Atomics.add(counter, 0, 1);
    const fromIndex = (tile ?? Infinity) * shared.tileSize;
    if (!(fromIndex < setsTotal)) break;
    const toIndex = Math.min(setsTotal, fromIndex + shared.tileSize);
    report.add(own.runTile(fromIndex, toIndex, check));
  }
  return inOneBuffer(report.rest());
}

function checkpointOf(
  { requestId, control }: WorkerRequest,
  check: () => void,
): Checkpoint<BacktestProgress> {
  const report = progressReporter(control, (progress) =>
    reply({ requestId, kind: 'progress', progress: [progress] }),
  );
  return { check, report };
}

function reporterOf(
  { requestId, control }: WorkerRequest,
  pack = (tiles: readonly SweepTile[]): readonly SweepTile[] => tiles,
) {
  return tileReporter(control, (tiles) => reply({ requestId, kind: 'progress', progress: pack(tiles) }));
}

/** Every column of a reply was made for it, so its buffers go over to the caller. */
function reply(message: WorkerReply): void {
  parentPort!.postMessage(message, transferablesOf(message));
}
