import { encodePaths, fitsMemory, planPaths } from '../backends/wasm/monte-carlo.ts';
import type { WorkerPool } from '../pool/pool.ts';
import { shapeOf } from '../simulation/history.ts';
import { blockLengths, sumColumns } from '../simulation/model.ts';
import { contentHash, resultHash } from './content-hash.ts';
import {
  type BackendChoice,
  ComputeError,
  type SimulatedRisk,
  type SimulationRequest,
  type SimulationResult,
} from './contract.ts';
import { giveMemoryBack, moduleOf, takeMemory } from './memory.ts';
import type { SharedPaths } from './messages.ts';
import { type ServiceDevices, wasmStatus } from './sweep.ts';

/** Paths a thread takes at once: a multiple of what kernels go by. */
const PATHS_PER_TASK = 16_384;

let simulationCount = 0;

/** Below so many products of a loading and a shock, or sums of a block, a GPU cannot pay for starting and copying. */
const DEVICE_PRODUCTS_MINIMUM = 1e9;

interface Simulated {
  readonly risk: SimulatedRisk;
  readonly backend: BackendChoice;
}

/** Simulates a checked request, whose levels lie in shared memory, on a GPU or over all threads of the pool. */
export async function runSimulation(
  pool: WorkerPool,
  request: SimulationRequest,
  devices: ServiceDevices,
  signal: AbortSignal | undefined,
): Promise<SimulationResult> {
  const hash = contentHash(request);
  const { risk, backend } = await simulate(pool, request, hash, devices, signal);
  const { scenarios, levels } = request;
  const observations = levels[0].length - 1;
  return { ...risk, observations, scenarios, backend, contentHash: resultHash(hash, backend.backend) };
}

/** The same bits wherever it is: in single precision the processor only. */
async function simulate(
  pool: WorkerPool,
  request: SimulationRequest,
  hash: string,
  { cuda, settings }: ServiceDevices,
  signal: AbortSignal | undefined,
): Promise<Simulated> {
  const onProcessor = (reason?: string) => simulateOnProcessor(pool, request, hash, signal, reason);
  if (productsOf(request) < DEVICE_PRODUCTS_MINIMUM) return onProcessor();
  if (request.precision === 'SINGLE')
    return onProcessor('no GPU took it: there it is done in double precision only');
  if (cuda.devices.length === 0) return onProcessor(`no GPU took it: ${cuda.reason}`);
  try {
    const risk = await pool.run<SimulatedRisk>({ kind: 'cudaPaths', request, settings }, { signal });
    return { risk, backend: { backend: 'cuda', reason: 'the work is worth the GPU' } };
  } catch (problem) {
    if (!(problem instanceof ComputeError) || problem.code !== 'UNAVAILABLE') throw problem;
    return onProcessor(`the GPU failed: ${problem.message}`);
  }
}

/** How much a simulation has to multiply or to look up. */
function productsOf(request: SimulationRequest): number {
  const shape = shapeOf(request);
  const { assetCount, isLinear } = shape;
  if (shape.kind === 'bootstrap') return request.scenarios * sumColumns(shape) * blockLengths(shape).length;
  return request.scenarios * (isLinear ? assetCount : (assetCount * (assetCount + 1)) / 2);
}

/** `more` is why it is not elsewhere, where that needs saying. */
async function simulateOnProcessor(
  pool: WorkerPool,
  request: SimulationRequest,
  hash: string,
  signal: AbortSignal | undefined,
  more?: string,
): Promise<Simulated> {
  const { precision, scenarios } = request;
  const plan = planPaths(shapeOf(request), precision, scenarios, pool.threads);
  if (!fitsMemory(plan))
    throw new ComputeError(
      'LIMIT',
      `expected a simulation in 2 GiB, was ${plan.layout.pages} pages of 64 KiB`,
    );
  const wasm = wasmStatus();
  const code = wasm.available ? encodePaths(plan) : null;
  simulationCount += 1;
  const paths: SharedPaths = {
    id: `${hash} ${simulationCount}`,
    request,
    threads: pool.threads,
    memory: takeMemory(plan.layout.pages),
    kernel: code && { module: moduleOf(code.module, (module) => module), constants: code.constants },
  };
  await pool.run<null>({ kind: 'pathsPrepare', paths }, { signal });
  await runPaths(pool, paths, signal);
  const risk = await pool.run<SimulatedRisk>({ kind: 'pathsMeasure', paths }, { signal });
  giveMemoryBack(paths.memory);
  const reason = code ? 'a SIMD module made for the shape of the book' : wasm.reason;
  const backend = code ? 'wasm-paths' : 'reference';
  return { risk, backend: { backend, reason: more ? `${reason}; ${more}` : reason } };
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
