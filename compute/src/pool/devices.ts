import { CudaError, type CudaState, openCuda } from '../backends/cuda/device.ts';
import { loadDriver } from '../backends/cuda/driver.ts';
import { planCudaSweep, runCudaSweep } from '../backends/cuda/sweep.ts';
import { compiledForSweep } from '../backtest/validate.ts';
import { ComputeError, type SweepTile } from '../service/contract.ts';
import type { WorkerTask } from '../service/messages.ts';

/** The devices of this thread, opened with its first work on them. */
let cuda: CudaState | undefined;

/** Runs a sweep on the GPUs; throws UNAVAILABLE with the reason where they cannot. */
export function sweepOnDevices(
  { request, visibleDevices }: Extract<WorkerTask, { kind: 'cudaSweep' }>,
  callbacks: { readonly check: () => void; readonly onTile: (tile: SweepTile) => void },
): void {
  cuda ??= openCuda(loadDriver(), visibleDevices);
  if (cuda.devices.length === 0) throw unavailable(cuda.reason ?? 'there is no device');
  const strategy = compiledForSweep(request);
  const plan = planCudaSweep(strategy, request);
  if (typeof plan === 'string') throw unavailable(plan);
  try {
    runCudaSweep(cuda.devices, strategy, request, plan, callbacks);
  } catch (problem) {
    throw problem instanceof CudaError ? unavailable(problem.message) : problem;
  }
}

function unavailable(reason: string): ComputeError {
  return new ComputeError('UNAVAILABLE', reason);
}
