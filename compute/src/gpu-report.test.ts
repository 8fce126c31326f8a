import { describe, expect, it } from 'vitest';
import { openCuda } from './backends/cuda/device.ts';
import { loadDriver } from './backends/cuda/driver.ts';
import { EVERY_DEVICE } from './backends/cuda/settings.ts';
import { StubDriver } from './backends/cuda/testing/stub-driver.ts';
import { gpuReport } from './gpu-report.ts';

const processor = 'WebAssembly SIMD on 2 threads';

/** What a report says of each thing, by its name. */
function saidOf(report: string): Record<string, string> {
  const lines = report.trimEnd().split('\n');
  return Object.fromEntries(lines.map((line) => [line.slice(0, 22).trim(), line.slice(24)]));
}

describe('the report of the GPU path', () => {
  it('says what is missing where there is no driver, and what is used instead', () => {
    const library = 'libnothing-of-this-name.so.1';
    const cuda = openCuda(loadDriver(library));
    const said = saidOf(gpuReport({ library, cuda, settings: EVERY_DEVICE, processor }));
    expect(said).toMatchObject({
      'driver library': library,
      'driver version': 'no driver',
      NVIDIA_VISIBLE_DEVICES: 'all',
      'memory of a GPU': 'all of it',
      GPUs: 'none',
      'in use': processor,
    });
    expect(said.missing).toMatch(
      /^the NVIDIA driver's library libnothing-of-this-name\.so\.1 can't be loaded: ./,
    );
  });

  it('lists the devices of a driver, and what they are used for', () => {
    const settings = { visibleDevices: '0,1', memoryMaximumBytes: 512 * 2 ** 20 };
    const cuda = openCuda(new StubDriver({ capabilities: ['9.0', '8.0'], memoryBytes: 2 ** 31 }), settings);
    const said = saidOf(gpuReport({ library: 'libcuda.so.1', cuda, settings, processor }));
    const [first, second] = cuda.devices;
    expect(said).toMatchObject({
      'driver version': '12.2',
      NVIDIA_VISIBLE_DEVICES: '0,1',
      'memory of a GPU': 'at most 512 MiB for a sweep or a simulation (PYTORCH_CUDA_ALLOC_CONF)',
      GPUs: '2',
      '0': `${first.name}, ${first.uuid}, compute capability 9.0, 2 GiB`,
      '1': `${second.name}, ${second.uuid}, compute capability 8.0, 2 GiB`,
      missing: 'nothing',
      'in use': `CUDA for sweeps above 1e9 bar-evaluations and simulations above 1e9 products, else ${processor}`,
    });
  });

  it('says which driver would do where one is too old', () => {
    const cuda = openCuda(new StubDriver({ version: 11_080 }));
    const said = saidOf(gpuReport({ library: 'libcuda.so.1', cuda, settings: EVERY_DEVICE, processor }));
    expect([said['driver version'], said.GPUs, said['in use']]).toEqual(['11.8', 'none', processor]);
    expect(said.missing).toBe('expected a driver of CUDA 12.2 or later, was 11.8');
  });
});
