import { type CudaState, verification } from './backends/cuda/device.ts';
import type { CudaSettings } from './backends/cuda/settings.ts';

/** What a report of the GPU path is made from. */
export interface GpuFindings {
  /** The name of the driver's library; null for a system that has none. */
  readonly library: string | null;
  readonly cuda: CudaState;
  readonly settings: CudaSettings;
  /** What computes where no GPU does. */
  readonly processor: string;
}

/** One screen: what the GPU path needs, what this machine has of it, and what is used in the end. */
export function gpuReport({ library, cuda, settings, processor }: GpuFindings): string {
  const { version, devices, reason } = cuda;
  const { memoryMaximumBytes, visibleDevices } = settings;
  const memory =
    memoryMaximumBytes === Infinity
      ? 'all of it'
      : `at most ${memoryMaximumBytes / 2 ** 20} MiB for a sweep or a simulation (PYTORCH_CUDA_ALLOC_CONF)`;
  const lines = [
    ['driver library', library ?? 'none for this system'],
    ['needs', 'an NVIDIA driver of CUDA 12.2 or later; no CUDA toolkit'],
    ['driver version', version ?? 'no driver'],
    ['NVIDIA_VISIBLE_DEVICES', visibleDevices],
    ['memory of a GPU', memory],
    ['GPUs', devices.length === 0 ? 'none' : `${devices.length}`],
    ...devices.map(({ ordinal, name, uuid, capability, memoryBytes }) => [
      `  ${ordinal}`,
      `${name}, ${uuid}, compute capability ${capability}, ${Math.round(memoryBytes / 2 ** 30)} GiB`,
    ]),
    ['missing', reason ?? 'nothing'],
    [
      'in use',
      devices.length === 0
        ? processor
        : `CUDA for sweeps above 1e9 bar-evaluations and simulations above 1e9 products, else ${processor}`,
    ],
    ['verified', verification(devices)],
  ];
  const width = Math.max(...lines.map(([what]) => what.length));
  return `${lines.map(([what, is]) => `${what.padEnd(width)}  ${is}`).join('\n')}\n`;
}
