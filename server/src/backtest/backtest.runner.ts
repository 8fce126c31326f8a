import { setImmediate as turnOfLoop } from 'node:timers/promises';
import {
  type BacktestResult,
  ComputeError,
  type ComputeService,
  type InstrumentBars,
} from '@ai-trading/compute';
import type { EntityManager } from '../platform/database/database.ts';
import { UserProblem } from '../platform/graphql/errors.ts';
import { encodeColumns } from '../run/columns.ts';
import { type RunOutcome, RunPostponed, RunProblem, type RunTask } from '../run/run.worker.ts';
import type { SimulationBuilder, StoredSimulation } from './simulation-request.ts';
import { artifactsOfUniverse, summaryOfUniverse } from './universe.ts';

const CHECKPOINT_MS = 250;

/** Does the work of backtests. */
export class BacktestRunner {
  private readonly compute: ComputeService;
  private readonly builder: SimulationBuilder;

  constructor(compute: ComputeService, builder: SimulationBuilder) {
    this.compute = compute;
    this.builder = builder;
  }

  async run({ run, signal, checkpoint }: RunTask): Promise<RunOutcome> {
    const simulation = run.request as StoredSimulation;
    const { instruments, dataHash } = await asRunProblem(() => this.builder.barsOf(simulation));
    const timesMs = timesOf(simulation, instruments);
    const barsTotal = timesMs.length;
    const equity = new Float64Array(barsTotal);
    const progress = new Throttle(CHECKPOINT_MS);
    const startedAtMs = performance.now();
    const result = await asRunProblem(() =>
      this.compute.runBacktest(computeRequest(simulation, instruments), {
        signal,
        onProgress: (part) => {
          equity.set(part.equity, part.fromIndex);
          if (part.barsDone >= barsTotal) return;
          progress.offer(() => {
            const done = {
              timesMs: timesMs.subarray(0, part.barsDone),
              equity: equity.subarray(0, part.barsDone),
            };
            return checkpoint(part.barsDone / barsTotal, [['course', encodeColumns(done)]]);
          });
        },
      }),
    );
    await progress.settle();
    return {
      result: {
        statistics: result.statistics,
        barCount: barsTotal,
        durationMs: performance.now() - startedAtMs,
        backend: result.backend.backend,
        backendReason: result.backend.reason,
        contentHash: result.contentHash,
        dataHash,
        fillReasons: result.fills.reason,
        universe: result.universe && summaryOfUniverse(result.universe),
      },
      artifacts: Object.entries(artifactsOf(result, instruments[0].bars.close, simulation.initialCash)),
      alsoWrite: (em) => countTrials(em, dataHash, 1),
    };
  }
}

/** The times a simulation has bars at: those of all that it trades together. */
function timesOf({ universe }: StoredSimulation, instruments: readonly InstrumentBars[]): Float64Array {
  if (!universe) return instruments[0].bars.timesMs;
  const times = new Set<number>();
  for (const { symbol, bars } of instruments)
    if (universe.includes(symbol)) for (const timeMs of bars.timesMs) times.add(timeMs);
  return Float64Array.from(times).sort();
}

function artifactsOf(
  { timesMs, equity, drawdown, position, fills, trades, universe }: BacktestResult,
  close: Float64Array,
  initialCash: number,
): Record<string, Uint8Array> {
  const benchmark = universe?.benchmark ?? close.map((price) => (initialCash * price) / close[0]);
  const { reason: _reason, ...fillColumns } = fills;
  return {
    course: encodeColumns({ timesMs, equity, drawdown, position, benchmark }),
    fills: encodeColumns({ ...fillColumns, ...(universe ? { symbol: universe.fillSymbols } : {}) }),
    trades: encodeColumns({ ...trades, ...(universe ? { symbol: universe.tradeSymbols } : {}) }),
    ...(universe ? artifactsOfUniverse(universe) : {}),
  };
}

/** The compute request of a stored simulation. */
export function computeRequest(simulation: StoredSimulation, instruments: readonly InstrumentBars[]) {
  const {
    strategySource,
    parameters,
    universe,
    initialCash,
    costs,
    direction,
    lotSize,
    endRule,
    leverage,
    maintenanceMargin,
    periodsPerYear,
  } = simulation;
  return {
    strategy: strategySource,
    parameters,
    // What the run fixes holds for every instrument.
    instruments: instruments.map(({ symbol, bars, lotSize: own }) =>
      universe && lotSize === null ? { symbol, bars, lotSize: own } : { symbol, bars },
    ),
    ...(universe ? { universe } : {}),
    initialCash,
    costs,
    direction,
    lotSize: lotSize ?? 0,
    endRule,
    leverage,
    maintenanceMargin,
    periodsPerYear,
    riskFreeRate: 0,
    seed: 0,
  };
}

/** Counts every parameter set that was ever tried on a data set. */
export async function countTrials(em: EntityManager, dataHash: string, count: number): Promise<void> {
  await em.execute(
    'insert into trial (data_hash, trial_count) values (?, ?) on conflict (data_hash) do update set trial_count = trial.trial_count + excluded.trial_count',
    [dataHash, count],
  );
}

/** A problem the user can mend, from here or from compute, becomes the run's message. */
export async function asRunProblem<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (problem) {
    if (problem instanceof UserProblem) throw new RunProblem(problem.message);
    if (!(problem instanceof ComputeError)) throw problem;
    throw problem.code === 'UNAVAILABLE'
      ? new RunPostponed(problem.message)
      : new RunProblem(problem.message);
  }
}

/**
 * Lets asynchronous work through at most every so often, and never two at once. What waits for the thread goes first, and
 * work that is slow, with all that it sets off, gets a third of the time.
 */
export class Throttle {
  private readonly intervalMs: number;
  private nextMs = 0;
  private current: Promise<void> | null = null;

  constructor(intervalMs: number) {
    this.intervalMs = intervalMs;
  }

  offer(work: () => Promise<void>): void {
    if (this.current || performance.now() < this.nextMs) return;
    this.current = this.perform(work);
  }

  private async perform(work: () => Promise<void>): Promise<void> {
    await turnOfLoop();
    const startedAtMs = performance.now();
    await work().catch(() => undefined);
    await turnOfLoop();
    const endedAtMs = performance.now();
    this.nextMs = endedAtMs + Math.max(this.intervalMs, 2 * (endedAtMs - startedAtMs));
    this.current = null;
  }

  async settle(): Promise<void> {
    await this.current;
  }
}
