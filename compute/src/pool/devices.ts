import { CudaError, type CudaState, openCuda } from '../backends/cuda/device.ts';
import { loadDriver } from '../backends/cuda/driver.ts';
import type { CudaSettings } from '../backends/cuda/settings.ts';
import { covarianceOnDevice, measureCudaPaths } from '../backends/cuda/paths.ts';
import { runCudaSweep, writeCudaSweep } from '../backends/cuda/sweep.ts';
import { ComputeError, type SimulatedRisk, type SweepTile } from '../service/contract.ts';
import type { WorkerTask } from '../service/messages.ts';
import { modelOf } from '../simulation/history.ts';
import { measurePaths } from '../simulation/result.ts';

/** The devices of this thread, opened with its first work on them. */
let cuda: CudaState | undefined;

/** Runs a sweep on the GPUs; throws UNAVAILABLE with the reason where they cannot. */
export function sweepOnDevices(
  { request, strategy, chosen, settings, series }: Extract<WorkerTask, { kind: 'cudaSweep' }>,
  callbacks: { readonly check: () => void; readonly onTile: (tile: SweepTile) => void },
): void {
  const devices = openedDevices(settings);
  const plan = writeCudaSweep(chosen, request);
  withReason(() => runCudaSweep(devices, strategy, request, plan, callbacks, series));
}

/** Simulates on the GPUs, the covariance included; throws UNAVAILABLE with the reason where they cannot. */
export function simulateOnDevices(
  { request, settings }: Extract<WorkerTask, { kind: 'cudaPaths' }>,
  check: () => void,
): SimulatedRisk {
  const devices = openedDevices(settings);
  const { seed, scenarios, confidence } = request;
  return withReason(() => {
    const model = modelOf(request, (columns) => covarianceOnDevice(devices[0], columns));
    return measureCudaPaths(devices, model, seed, scenarios, check, (returns, select) =>
      measurePaths(returns, confidence, select),
    );
  });
}

function openedDevices(settings: CudaSettings): CudaState['devices'] {
  cuda ??= openCuda(loadDriver(), settings);
  if (cuda.devices.length === 0) throw unavailable(cuda.reason ?? 'there is no device');
  return cuda.devices;
}

function withReason<Result>(run: () => Result): Result {
  try {
    return run();
  } catch (problem) {
    throw problem instanceof CudaError ? unavailable(problem.message) : problem;
  }
}

function unavailable(reason: string): ComputeError {
  return new ComputeError('UNAVAILABLE', reason);
}
