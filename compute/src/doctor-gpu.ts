import { openCuda } from './backends/cuda/device.ts';
import { driverLibrary, loadDriver } from './backends/cuda/driver.ts';
import { loadComputeConfig } from './config.ts';
import { gpuReport } from './gpu-report.ts';
import { wasmStatus } from './service/sweep.ts';

const { cuda: settings, threads } = loadComputeConfig();
const wasm = wasmStatus();
process.stdout.write(
  gpuReport({
    library: driverLibrary(),
    cuda: openCuda(loadDriver(), settings),
    settings,
    processor: wasm.available ? `WebAssembly SIMD on ${threads} threads` : `the reference (${wasm.reason})`,
  }),
);
