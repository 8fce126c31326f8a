import type { ComputeService, SweepAxis, SweepTile } from '@ai-trading/compute';
import { gridSize } from '@ai-trading/compute';
import { encodeColumns } from '../run/columns.ts';
import type { RunOutcome, RunTask } from '../run/run.worker.ts';
import type { SweepMetricName } from './backtest.input.ts';
import { asRunProblem, computeRequest, countTrials, Throttle } from './backtest.runner.ts';
import type { SimulationBuilder, StoredSimulation } from './simulation-request.ts';

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

/** Does the work of sweeps: the surface grows with every checkpoint. */
export class SweepRunner {
  private readonly compute: ComputeService;
  private readonly builder: SimulationBuilder;

  constructor(compute: ComputeService, builder: SimulationBuilder) {
    this.compute = compute;
    this.builder = builder;
  }

  async run({ run, signal, checkpoint }: RunTask): Promise<RunOutcome> {
    const sweep = run.request as StoredSweep;
    const axes = storedAxes(sweep);
    const setsTotal = gridSize(axes);
    const { bars, others, dataHash } = await asRunProblem(() => this.builder.barsOf(sweep));
    const unknown = () => new Float64Array(setsTotal).fill(NaN);
    const surface = {
      totalReturn: unknown(),
      sharpe: unknown(),
      maxDrawdown: unknown(),
      tradeCount: unknown(),
    };
    const progress = new Throttle(CHECKPOINT_MS);
    const { axes: _axes, objective, ...simulation } = sweep;
    const swept = new Set(axes.map(({ parameter }) => parameter));
    const parameters = Object.fromEntries(
      Object.entries(simulation.parameters).filter(([name]) => !swept.has(name)),
    );
    const request = {
      ...computeRequest({ ...simulation, parameters } as StoredSimulation, bars, others),
      axes,
      keepBest: BEST_KEPT,
      objective,
    };
    const result = await asRunProblem(() =>
      this.compute.runSweep(request, {
        signal,
        onProgress: ({ setsDone, tile }) => {
          addTile(surface, tile);
          if (setsDone < setsTotal)
            progress.offer(() =>
              checkpoint(setsDone / setsTotal, { surface: encodeColumns(surface) }, { setsDone }),
            );
        },
      }),
    );
    await progress.settle();
    const { best, threads, barEvaluations, elapsedMs, backend } = result;
    return {
      result: {
        setsDone: setsTotal,
        best,
        threads,
        barEvaluations,
        durationMs: elapsedMs,
        backend: backend.backend,
        backendReason: backend.reason,
        dataHash,
      },
      artifacts: { surface: encodeColumns(surface) },
      alsoWrite: (em) => countTrials(em, dataHash, setsTotal),
    };
  }
}

function addTile(surface: Record<SweepMetricName, Float64Array>, tile: SweepTile): void {
  for (const name of Object.keys(surface) as SweepMetricName[]) surface[name].set(tile[name], tile.fromIndex);
}
