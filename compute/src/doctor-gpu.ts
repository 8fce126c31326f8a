import { openCuda, verification } from './backends/cuda/device.ts';
import { driverLibrary, loadDriver } from './backends/cuda/driver.ts';
import { loadComputeConfig } from './config.ts';
import { wasmStatus } from './service/sweep.ts';

/** One screen: what the GPU path needs, what this machine has of it, and what is used in the end. */
function main(): void {
  const { cuda, threads } = loadComputeConfig();
  const { version, devices, reason } = openCuda(loadDriver(), cuda);
  const { memoryMaximumBytes } = cuda;
  const memory =
    memoryMaximumBytes === Infinity
      ? 'all of it'
      : `at most ${memoryMaximumBytes / 2 ** 20} MiB for a sweep or a simulation (PYTORCH_CUDA_ALLOC_CONF)`;
  const wasm = wasmStatus();
  const cpu = wasm.available ? `WebAssembly SIMD on ${threads} threads` : `the reference (${wasm.reason})`;
  const lines = [
    ['driver library', driverLibrary() ?? 'none for this system'],
    ['needs', 'an NVIDIA driver of CUDA 12.2 or later; no CUDA toolkit'],
    ['driver version', version ?? 'no driver'],
    ['NVIDIA_VISIBLE_DEVICES', cuda.visibleDevices],
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
        ? cpu
        : `CUDA for sweeps above 1e9 bar-evaluations and simulations above 1e9 products, else ${cpu}`,
    ],
    ['verified', verification(devices)],
  ];
  const width = Math.max(...lines.map(([what]) => what.length));
  process.stdout.write(`${lines.map(([what, is]) => `${what.padEnd(width)}  ${is}`).join('\n')}\n`);
}

main();
