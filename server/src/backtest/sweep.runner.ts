import {
  type ComputeService,
  combinedChoice,
  contentHash,
  gridParameters,
  gridSize,
  type InstrumentBars,
  type SweepAxis,
  type SweepProgress,
  type SweepRequest,
  type SweepResult,
} from '@ai-trading/compute';
import type { RunRow } from '../run/run.entity.ts';
import type { RunOutcome, RunTask } from '../run/run.worker.ts';
import type { SweepMetricName } from './backtest.input.ts';
import { asRunProblem, computeRequest, countTrials, Throttle } from './backtest.runner.ts';
import type { SimulationBuilder, StoredSimulation } from './simulation-request.ts';
import { blockCounts, blocksOf, changedBlocks, loadSurface } from './surface.ts';
import { addTile, bestOf, restOf, type Surface, unknownSurface } from './sweep-rest.ts';

const BEST_KEPT = 20;
const CHECKPOINT_MS = 300;

/** What a sweep's run remembers. */
export interface StoredSweep extends StoredSimulation {
  readonly axes: readonly { readonly parameter: string; readonly values: readonly number[] }[];
  readonly objective: SweepMetricName;
}

/** The axes of a stored sweep as columns. */
export function storedAxes({ axes }: StoredSweep): SweepAxis[] {
  return axes.map(({ parameter, values }) => ({ parameter, values: Float64Array.from(values) }));
}

/** Does the work of sweeps: the surface grows with every checkpoint, and an attempt after a crash does what is missing of it. */
export class SweepRunner {
  private readonly compute: ComputeService;
  private readonly builder: SimulationBuilder;

  constructor(compute: ComputeService, builder: SimulationBuilder) {
    this.compute = compute;
    this.builder = builder;
  }

  async run({ run, signal, checkpoint, artifact }: RunTask): Promise<RunOutcome> {
    const sweep = run.request as StoredSweep;
    const axes = storedAxes(sweep);
    const setsTotal = gridSize(axes);
    const { instruments, dataHash } = await asRunProblem(() => this.builder.barsOf(sweep));
    const request = sweepRequest(sweep, axes, instruments);
    const hash = contentHash(request);
    const before = await resumed(run.result, hash, setsTotal, artifact);
    const { surface, durationMs } = before ?? { surface: unknownSurface(setsTotal), durationMs: 0 };
    let stored = before?.stored ?? [];
    const startedAtMs = performance.now();
    const elapsedMs = () => durationMs + performance.now() - startedAtMs;
    const progress = new Throttle(CHECKPOINT_MS);
    const store = async () => {
      const counts = blockCounts(surface);
      const setsDone = counts.reduce((sum, count) => sum + count, 0);
      if (setsDone === setsTotal) return;
      const durationMs = elapsedMs();
      const summary: SweepCheckpoint = { setsDone, blockCounts: counts, contentHash: hash, durationMs };
      await checkpoint(setsDone / setsTotal, changedBlocks(surface, counts, stored), { ...summary });
      stored = counts;
    };
    const results: SweepResult[] = [];
    for (const part of restOf(axes, surface)) {
      const onProgress = ({ tile }: SweepProgress) => {
        addTile(surface, part, tile);
        progress.offer(store);
      };
      const result = await asRunProblem(() =>
        this.compute.runSweep({ ...request, axes: part.axes }, { signal, onProgress }),
      );
      results.push(result);
    }
    await progress.settle();
    const { best, threads } = results[0];
    const backend = combinedChoice(results.map((result) => result.backend));
    const again = () =>
      bestOf(surface, request.objective, BEST_KEPT).map((index) => ({
        index,
        parameters: gridParameters(axes, index),
      }));
    return {
      result: {
        setsDone: setsTotal,
        best: before ? again() : best,
        threads,
        barEvaluations: setsTotal * tradedBars(sweep, instruments),
        durationMs: elapsedMs(),
        backend: backend.backend,
        backendReason: backend.reason,
        dataHash,
      },
      artifacts: changedBlocks(surface, blockCounts(surface), stored),
      alsoWrite: (em) => countTrials(em, dataHash, setsTotal),
    };
  }
}

/** What a run remembers of a sweep that is not done, beside its surface. */
interface SweepCheckpoint {
  readonly setsDone: number;
  /** How many of them are in each block of the surface. */
  readonly blockCounts: readonly number[];
  /** Of everything the surface follows from. */
  readonly contentHash: string;
  readonly durationMs: number;
}

/** What an earlier attempt at the same sweep left; null where there is none, or data or engine have changed since. */
async function resumed(
  result: RunRow['result'],
  hash: string,
  setsTotal: number,
  load: (name: string) => Promise<Buffer | null>,
): Promise<{ surface: Surface; stored: readonly number[]; durationMs: number } | null> {
  const left = result as SweepCheckpoint | null;
  if (left?.contentHash !== hash) return null;
  const surface = await loadSurface(setsTotal, load);
  // What was stored whole, or in longer blocks, is stored again in blocks.
  const isInBlocks = left.blockCounts?.length === blocksOf(setsTotal);
  const stored = isInBlocks ? left.blockCounts : [];
  return surface && { surface, stored, durationMs: left.durationMs };
}

function sweepRequest(
  { axes: _axes, objective, ...simulation }: StoredSweep,
  axes: readonly SweepAxis[],
  instruments: readonly InstrumentBars[],
): SweepRequest {
  const swept = new Set(axes.map(({ parameter }) => parameter));
  const parameters = Object.fromEntries(
    Object.entries(simulation.parameters).filter(([name]) => !swept.has(name)),
  );
  return {
    ...computeRequest({ ...simulation, parameters } as StoredSimulation, instruments),
    axes,
    keepBest: BEST_KEPT,
    objective,
  };
}

/** Bars that one set is computed on: those of the instrument, or of all that a universe is chosen from. */
function tradedBars({ universe }: StoredSweep, instruments: readonly InstrumentBars[]): number {
  if (!universe) return instruments[0].bars.timesMs.length;
  const traded = instruments.filter(({ symbol }) => universe.includes(symbol));
  return traded.reduce((total, { bars }) => total + bars.timesMs.length, 0);
}
