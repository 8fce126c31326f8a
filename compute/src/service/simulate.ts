import { encodePaths, fitsMemory, planPaths } from '../backends/wasm/monte-carlo.ts';
import type { WorkerPool } from '../pool/pool.ts';
import { shapeOf } from '../simulation/history.ts';
import { contentHash } from './content-hash.ts';
import {
  ComputeError,
  type SimulatedRisk,
  type SimulationRequest,
  type SimulationResult,
} from './contract.ts';
import { giveMemoryBack, moduleOf, takeMemory } from './memory.ts';
import type { SharedPaths } from './messages.ts';
import { wasmStatus } from './sweep.ts';

/** Paths a thread takes at once: a multiple of what kernels go by. */
const PATHS_PER_TASK = 16_384;

let simulationCount = 0;

/** Simulates a checked request, whose levels lie in shared memory, over all threads of the pool. */
export async function runSimulation(
  pool: WorkerPool,
  request: SimulationRequest,
  signal: AbortSignal | undefined,
): Promise<SimulationResult> {
  const { precision, scenarios, levels } = request;
  const plan = planPaths(shapeOf(request), precision, scenarios, pool.threads);
  if (!fitsMemory(plan))
    throw new ComputeError(
      'LIMIT',
      `expected a simulation in 2 GiB, was ${plan.layout.pages} pages of 64 KiB`,
    );
  const wasm = wasmStatus();
  const code = wasm.available ? encodePaths(plan) : null;
  const hash = contentHash(request);
  simulationCount += 1;
  const paths: SharedPaths = {
    id: `${hash} ${simulationCount}`,
    request,
    threads: pool.threads,
    memory: takeMemory(plan.layout.pages),
    kernel: code && { module: moduleOf(code.module), constants: code.constants },
  };
  await pool.run<null>({ kind: 'pathsPrepare', paths }, { signal });
  await runPaths(pool, paths, signal);
  const risk = await pool.run<SimulatedRisk>({ kind: 'pathsMeasure', paths }, { signal });
  giveMemoryBack(paths.memory);
  return {
    ...risk,
    observations: levels[0].length - 1,
    scenarios,
    backend: code
      ? { backend: 'wasm-paths', reason: 'a SIMD module made for the shape of the book' }
      : { backend: 'reference', reason: wasm.reason },
    contentHash: hash,
  };
}

/** Every thread takes the next paths until there are none; one that fails ends the others too. */
async function runPaths(
  pool: WorkerPool,
  paths: SharedPaths,
  signal: AbortSignal | undefined,
): Promise<void> {
  const failed = new AbortController();
  const ended = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  let next = 0;
  const takePaths = async (_: unknown, scratchIndex: number): Promise<void> => {
    while (next < paths.request.scenarios) {
      const from = next;
      next = Math.min(paths.request.scenarios, from + PATHS_PER_TASK);
      await pool.run<null>({ kind: 'pathsRun', paths, scratchIndex, from, to: next }, { signal: ended });
    }
  };
  try {
    await Promise.all(Array.from({ length: pool.threads }).map(takePaths));
  } catch (problem) {
    failed.abort(problem);
    throw problem;
  }
}
