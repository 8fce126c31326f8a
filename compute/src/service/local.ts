import { availableParallelism, cpus } from 'node:os';
import { BestSets } from '../backtest/sweep.ts';
import { gridParameters, gridSize } from '../backtest/sweep-grid.ts';
import { compiledFor, compiledForSweep, validateRisk } from '../backtest/validate.ts';
import { WorkerPool } from '../pool/pool.ts';
import { checkStrategy } from '../strategy/library.ts';
import { contentHash, ENGINE_VERSION } from './content-hash.ts';
import type {
  BacktestRequest,
  BacktestResult,
  BarColumns,
  ComputeService,
  InstrumentBars,
  RiskResult,
  SweepProgress,
  SweepRequest,
  SweepResult,
  SweepTile,
  TaskOptions,
} from './contract.ts';

const SETS_PER_TILE_MAXIMUM = 256;
const TILES_PER_THREAD_MINIMUM = 8;

/** The compute service in this process: validation here, work on `threads` worker threads (all cores by default). */
export function createComputeService(settings: { readonly threads?: number } = {}): ComputeService {
  const pool = new WorkerPool(settings.threads ?? availableParallelism());
  return {
    checkStrategy: (source) => Promise.resolve(checkStrategy(source)),
    async runBacktest(request, options = {}) {
      compiledFor(request);
      return pool.run<BacktestResult>({ kind: 'backtest', request: shared(request) }, options);
    },
    runSweep: (request, options = {}) => runSweep(pool, request, options),
    async measureRisk(request, options = {}) {
      validateRisk(request);
      return pool.run<RiskResult>({ kind: 'risk', request }, { signal: options.signal });
    },
    describe: () =>
      Promise.resolve({
        engineVersion: ENGINE_VERSION,
        threads: pool.threads,
        device: cpus()[0]?.model ?? 'unknown processor',
        backends: [
          { name: 'reference', available: true, reason: 'TypeScript in double precision, on worker threads' },
        ],
        busyThreads: pool.busyCount,
        queuedTasks: pool.waitingCount,
      }),
    close: () => pool.close(),
  };
}

async function runSweep(
  pool: WorkerPool,
  request: SweepRequest,
  { signal, onProgress }: TaskOptions<SweepProgress>,
): Promise<SweepResult> {
  compiledForSweep(request);
  const startedAtMs = performance.now();
  const setsTotal = gridSize(request.axes);
  const hash = contentHash(request);
  const best = new BestSets(request.objective, request.keepBest);
  const sets = Math.ceil(setsTotal / (pool.threads * TILES_PER_THREAD_MINIMUM));
  const tileSize = Math.max(1, Math.min(SETS_PER_TILE_MAXIMUM, sets));
  const sharedRequest = shared(request);
  // One tile that fails ends the others too.
  const failed = new AbortController();
  const ended = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  let setsDone = 0;
  let nextIndex = 0;
  const takeTiles = async (): Promise<void> => {
    while (nextIndex < setsTotal) {
      const fromIndex = nextIndex;
      nextIndex = Math.min(setsTotal, fromIndex + tileSize);
      const toIndex = nextIndex;
      const task = { kind: 'sweepTile', request: sharedRequest, sweepId: hash, fromIndex, toIndex } as const;
      const tile = await pool.run<SweepTile>(task, { signal: ended });
      setsDone += toIndex - fromIndex;
      best.add(tile);
      onProgress?.({ setsDone, setsTotal, tile });
    }
  };
  try {
    await Promise.all(Array.from({ length: pool.threads }, takeTiles));
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
    backend: { backend: 'reference', reason: 'the only backend built into this version' },
    contentHash: hash,
  };
}

/** The request with its bars in shared memory, so that every thread reads the same copy. */
function shared<Request extends BacktestRequest | SweepRequest>(request: Request): Request {
  const instruments: InstrumentBars[] = request.instruments.map(({ symbol, bars }) => {
    const columns = Object.entries(bars).map(([name, column]) => [name, sharedColumn(column)]);
    return { symbol, bars: Object.fromEntries(columns) as BarColumns };
  });
  return { ...request, instruments };
}

function sharedColumn(column: Float64Array): Float64Array {
  if (column.buffer instanceof SharedArrayBuffer) return column;
  const copy = new Float64Array(new SharedArrayBuffer(column.byteLength));
  copy.set(column);
  return copy;
}
