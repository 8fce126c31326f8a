import { availableParallelism, cpus } from 'node:os';
import { openCuda } from '../backends/cuda/device.ts';
import { type CudaSettings, EVERY_DEVICE } from '../backends/cuda/settings.ts';
import { loadDriver } from '../backends/cuda/driver.ts';
import { compiledFor, compiledForSweep, validateRisk } from '../backtest/validate.ts';
import { WorkerPool } from '../pool/pool.ts';
import { validateSimulation } from '../simulation/validate.ts';
import { checkStrategy } from '../strategy/library.ts';
import { ENGINE_VERSION } from './content-hash.ts';
import { withinDeadline } from './deadline.ts';
import { ResultCache } from './result-cache.ts';
import { SharedColumns } from './shared-columns.ts';
import { runSimulation } from './simulate.ts';
import { cudaStatus, runSweep, wasmStatus } from './sweep.ts';
import { warmUp } from './warm-up.ts';
import type {
  BacktestProgress,
  BacktestRequest,
  BacktestResult,
  BarColumns,
  ComputeService,
  InstrumentBars,
  RiskResult,
  SweepRequest,
} from './contract.ts';

/**
 * The compute service in this process: validation here, work on `threads` worker threads (all cores by default), which are
 * started with the first task or, `startsEarly`, at once and warmed up.
 */
export function createComputeService(
  settings: {
    readonly threads?: number;
    readonly startsEarly?: boolean;
    /** What may be used of GPUs; everything by default. */
    readonly cuda?: CudaSettings;
  } = {},
): ComputeService {
  const pool = new WorkerPool(settings.threads ?? availableParallelism());
  const cache = new ResultCache();
  const columns = new SharedColumns();
  // Asking the system for it takes a millisecond, and whoever watches the health asks often.
  const device = cpus()[0]?.model ?? 'unknown processor';
  const { cuda = EVERY_DEVICE } = settings;
  const devices = { settings: cuda, cuda: openCuda(loadDriver(), cuda) };
  // What is wrong with the threads, the first work that is asked for will tell.
  if (settings.startsEarly) warmUp(pool, devices).catch(() => undefined);
  return {
    checkStrategy: (source) => Promise.resolve(checkStrategy(source)),
    runBacktest: (request, options = {}) =>
      withinDeadline(options, async (limited) => {
        compiledFor(request);
        return cache.backtest(request, limited, () =>
          pool.run<BacktestResult, BacktestProgress>(
            { kind: 'backtest', request: shared(request, columns) },
            limited,
          ),
        );
      }),
    runSweep: (request, options = {}) =>
      withinDeadline(options, async (limited) => {
        const strategy = compiledForSweep(request);
        return cache.sweep(request, limited, (watched, requestHash) =>
          runSweep(pool, { request: shared(request, columns), strategy, requestHash }, devices, watched),
        );
      }),
    measureRisk: (request, options = {}) =>
      withinDeadline(options, async ({ signal }) => {
        validateRisk(request);
        return pool.run<RiskResult>({ kind: 'risk', request }, { signal });
      }),
    simulateRisk: (request, options = {}) =>
      withinDeadline(options, async ({ signal }) => {
        validateSimulation(request);
        const own = { ...request, levels: request.levels.map((column) => columns.of(column)) };
        return runSimulation(pool, own, devices, signal);
      }),
    describe: () =>
      Promise.resolve({
        engineVersion: ENGINE_VERSION,
        threads: pool.threads,
        device,
        backends: [
          {
            name: 'reference',
            available: true,
            reason: 'TypeScript in double precision: single runs, and what is checked against',
          },
          wasmStatus(),
          cudaStatus(devices.cuda),
        ],
        busyThreads: pool.busyCount,
        queuedTasks: pool.waitingCount,
      }),
    close: () => pool.close(),
  };
}

/** The request with its bars in shared memory, so that every thread reads the same copy. */
function shared<Request extends BacktestRequest | SweepRequest>(
  request: Request,
  columns: SharedColumns,
): Request {
  const instruments: InstrumentBars[] = request.instruments.map((instrument) => {
    const bars = Object.entries(instrument.bars).map(([name, column]) => [name, columns.of(column)]);
    return { ...instrument, bars: Object.fromEntries(bars) as BarColumns };
  });
  return { ...request, instruments };
}
