import { BestSets } from '../backtest/sweep.ts';
import { gridParameters, gridSize } from '../backtest/sweep-grid.ts';
import { compiledFor, compiledForSweep, validateRisk } from '../backtest/validate.ts';
import { validateSimulation } from '../simulation/validate.ts';
import { checkStrategy } from '../strategy/library.ts';
import { combinedChoice } from './backend-choice.ts';
import { contentHash, ENGINE_VERSION, resultHash } from './content-hash.ts';
import {
  type BacktestProgress,
  type BacktestRequest,
  type BacktestResult,
  type ComputeDescription,
  ComputeError,
  type ComputeService,
  type RiskResult,
  type SimulationResult,
  type SweepProgress,
  type SweepRequest,
  type SweepResult,
} from './contract.ts';
import { type LimitedOptions, withinDeadline } from './deadline.ts';
import { callNode, NodeFailure, type TaskPath } from './remote-call.ts';
import { type ComputeNode, ComputeNodes } from './remote-nodes.ts';
import { type GridPart, gridParts, SetsOnce } from './grid-parts.ts';

/** After so many services broke with a task in hand, the task is taken for the reason. */
const BREAKS_MAXIMUM = 3;
/** Parts of a sweep that a service gets in all, and at once: one that breaks loses little, and none waits for its next. */
const PARTS_PER_NODE = 4;
const PARTS_PER_NODE_AT_ONCE = 2;
/** Somebody waits for a risk measure in front of a page. */
const RISK_PATIENCE_MAXIMUM_MS = 2_000;

/** Where the compute services are. */
export interface RemoteComputeSettings {
  /** Such as http://host:8100, one or more. */
  readonly urls: readonly string[];
  /** The secret they expect; null for none. */
  readonly token: string | null;
  /** How long a task waits for a service to come back when none answers. */
  readonly patienceMs?: number;
}

/** Compute services on other machines as one: the least busy does the task, and another does it again where that one breaks. */
export function createRemoteComputeService(settings: RemoteComputeSettings): ComputeService {
  const nodes = new ComputeNodes(settings.urls, settings.token);
  const patienceMs = settings.patienceMs ?? 30_000;
  return {
    checkStrategy: (source) => Promise.resolve(checkStrategy(source)),
    runBacktest: (request, options = {}) =>
      withinDeadline(options, (limited) => runBacktest(nodes, request, limited, patienceMs)),
    runSweep: (request, options = {}) =>
      withinDeadline(options, (limited) => runSweep(nodes, request, limited, patienceMs)),
    measureRisk: (request, options = {}) =>
      withinDeadline(options, async (limited) => {
        validateRisk(request);
        const patience = Math.min(patienceMs, RISK_PATIENCE_MAXIMUM_MS);
        return perform<RiskResult, never>(nodes, '/risk', request, limited, patience);
      }),
    simulateRisk: (request, options = {}) =>
      withinDeadline(options, async (limited) => {
        validateSimulation(request);
        const patience = Math.min(patienceMs, RISK_PATIENCE_MAXIMUM_MS);
        return perform<SimulationResult, never>(nodes, '/simulation', request, limited, patience);
      }),
    async describe() {
      await nodes.check();
      return descriptionOf(nodes);
    },
    close: () => Promise.resolve(nodes.close()),
  };
}

async function perform<Result, Progress>(
  nodes: ComputeNodes,
  path: TaskPath,
  request: unknown,
  { signal, onProgress, timeLeftMs }: LimitedOptions<Progress>,
  patienceMs: number,
): Promise<Result> {
  const ended = signal ? AbortSignal.any([signal, nodes.closed]) : nodes.closed;
  const avoided = new Set<ComputeNode>();
  let triedSinceMs = performance.now();
  let breakCount = 0;
  for (;;) {
    const node = await nodes.take(patienceMs, avoided, ended);
    try {
      const options = { signal: ended, deadlineMs: timeLeftMs(), onProgress };
      return await callNode<Result, Progress>(node, path, request, options);
    } catch (problem) {
      if (!(problem instanceof NodeFailure)) throw problem;
      avoided.add(node);
      node.problem = problem.message;
      if (problem.hadTask) {
        breakCount += 1;
        triedSinceMs = performance.now();
      }
      if (breakCount >= BREAKS_MAXIMUM)
        throw new ComputeError(
          'UNAVAILABLE',
          `${breakCount} compute services broke on this task: ${problem.message}`,
        );
      if (performance.now() - triedSinceMs > patienceMs) throw nodes.unavailable();
    } finally {
      node.taskCount -= 1;
    }
  }
}

async function runBacktest(
  nodes: ComputeNodes,
  request: BacktestRequest,
  { onProgress, ...options }: LimitedOptions<BacktestProgress>,
  patienceMs: number,
): Promise<BacktestResult> {
  compiledFor(request);
  // A simulation that was begun anew tells again what is known.
  let barsKnown = 0;
  const onlyNew = (progress: BacktestProgress) => {
    if (progress.barsDone <= barsKnown) return;
    const fromIndex = Math.max(progress.fromIndex, barsKnown);
    barsKnown = progress.barsDone;
    onProgress?.({ ...progress, fromIndex, equity: progress.equity.slice(fromIndex - progress.fromIndex) });
  };
  return perform(nodes, '/backtest', request, { ...options, onProgress: onlyNew }, patienceMs);
}

async function runSweep(
  nodes: ComputeNodes,
  request: SweepRequest,
  { signal, onProgress, timeLeftMs }: LimitedOptions<SweepProgress>,
  patienceMs: number,
): Promise<SweepResult> {
  compiledForSweep(request);
  const startedAtMs = performance.now();
  const setsTotal = gridSize(request.axes);
  const best = new BestSets(request.objective, request.keepBest);
  const waiting = gridParts(request.axes, nodes.all.length * PARTS_PER_NODE);
  const done: { readonly fromIndex: number; readonly result: SweepResult }[] = [];
  // One part that fails ends the others too.
  const failed = new AbortController();
  const ended = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  let setsDone = 0;
  const runPart = async (part: GridPart): Promise<void> => {
    const once = new SetsOnce(part);
    const takeTile = (progress: SweepProgress) => {
      for (const tile of once.fresh(progress.tile)) {
        setsDone += tile.sharpe.length;
        best.add(tile);
        onProgress?.({ setsDone, setsTotal, tile });
      }
    };
    const options = { signal: ended, onProgress: takeTile, timeLeftMs };
    const own = { ...request, axes: part.axes };
    const result = await perform<SweepResult, SweepProgress>(nodes, '/sweep', own, options, patienceMs);
    done.push({ fromIndex: part.fromIndex, result });
  };
  const takeParts = async (): Promise<void> => {
    for (let part = waiting.shift(); part; part = waiting.shift()) await runPart(part);
  };
  try {
    await Promise.all(Array.from({ length: nodes.all.length * PARTS_PER_NODE_AT_ONCE }, takeParts));
  } catch (problem) {
    failed.abort(problem);
    throw problem;
  }
  const results = done.toSorted((a, b) => a.fromIndex - b.fromIndex).map(({ result }) => result);
  return {
    setsTotal,
    best: best.sets.map(({ index }) => ({ index, parameters: gridParameters(request.axes, index) })),
    barEvaluations: results.reduce((sum, { barEvaluations }) => sum + barEvaluations, 0),
    elapsedMs: performance.now() - startedAtMs,
    threads: descriptionOf(nodes).threads,
    ...originOf(request, results),
  };
}

/** All backends that did parts; where they differ, the hash goes by the parts. */
function originOf(
  request: SweepRequest,
  results: readonly SweepResult[],
): Pick<SweepResult, 'backend' | 'contentHash'> {
  const backends = new Set(results.map(({ backend }) => backend.backend));
  const isOne = backends.size === 1 && ![...backends][0].includes(' + ');
  const backend = combinedChoice(results.map((result) => result.backend));
  const split = isOne ? null : results.map((result) => result.contentHash);
  return { backend, contentHash: resultHash(contentHash(request), backend.backend, split) };
}

/** All services that can be used as one. */
function descriptionOf(nodes: ComputeNodes): ComputeDescription {
  const descriptions = nodes.usable.map(({ description }) => description!);
  if (descriptions.length === 0) throw nodes.unavailable();
  const sum = (count: (one: ComputeDescription) => number) =>
    descriptions.reduce((all, one) => all + count(one), 0);
  const devices = [...new Set(descriptions.map(({ device }) => device))].join(', ');
  return {
    engineVersion: ENGINE_VERSION,
    threads: sum(({ threads }) => threads),
    device: `${descriptions.length} of ${nodes.all.length} compute services: ${devices}`,
    backends: descriptions[0].backends,
    busyThreads: sum(({ busyThreads }) => busyThreads),
    queuedTasks: sum(({ queuedTasks }) => queuedTasks),
  };
}
