import { pathReturns, planPaths, WasmPaths, writeModel } from '../backends/wasm/monte-carlo.ts';
import { covarianceOnKernel } from '../backends/wasm/monte-carlo-covariance.ts';
import type { SimulatedRisk } from '../service/contract.ts';
import type { PathTask, SharedPaths } from '../service/messages.ts';
import { covariance } from '../simulation/covariance.ts';
import { modelOf, shapeOf } from '../simulation/history.ts';
import { simulateReference } from '../simulation/reference.ts';
import { measurePaths } from '../simulation/result.ts';

type Run = (from: number, to: number, scratchIndex: number, check: () => void) => void;

/** The simulation this thread holds from its task before. */
let held: { readonly id: string; readonly run: Run } | undefined;

/** Does a thread's part of a simulation. */
export function performPaths(task: PathTask, check: () => void): SimulatedRisk | null {
  const { paths } = task;
  if (task.kind === 'pathsMeasure') {
    held = undefined;
    return measurePaths(new Float64Array(pathReturns(planOf(paths), paths.memory)), paths.request.confidence);
  }
  if (task.kind === 'pathsPrepare') prepare(paths);
  else {
    if (held?.id !== paths.id) held = { id: paths.id, run: runOf(paths) };
    held.run(task.from, task.to, task.scratchIndex, check);
  }
  return null;
}

function planOf({ request, threads }: SharedPaths) {
  return planPaths(shapeOf(request), request.precision, request.scenarios, threads);
}

/** The reference has its model from the request, on every thread. */
function prepare(paths: SharedPaths): void {
  const { request, memory, kernel } = paths;
  if (kernel)
    writeModel(planOf(paths), kernel.constants, modelOf(request, covarianceOnKernel), request.seed, memory);
}

function runOf(paths: SharedPaths): Run {
  const { request, memory, kernel } = paths;
  const plan = planOf(paths);
  if (kernel) {
    const wasm = new WasmPaths(plan, memory, kernel.module);
    return (from, to, scratchIndex, check) => wasm.run(from, to, scratchIndex, check);
  }
  const model = modelOf(request, covariance);
  return (from, to) => pathReturns(plan, memory).set(simulateReference(model, request.seed, from, to), from);
}
