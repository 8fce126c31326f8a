import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { itWhere } from '../../../../tools/testing/services.ts';
import { openCuda } from './device.ts';
import { driverLibrary, loadDriver } from './driver.ts';
import { PtxWriter } from './ptx.ts';
import { StubDriver } from './testing/stub-driver.ts';

const hasCompiler = spawnSync('cc', ['--version']).status === 0 && process.platform === 'linux';

function nativeStub(): string {
  const library = join(mkdtempSync(join(tmpdir(), 'cuda-')), 'libcuda.so.1');
  const source = fileURLToPath(new URL('./testing/native-stub.c', import.meta.url));
  const { stderr, status } = spawnSync('cc', ['-shared', '-fPIC', '-o', library, source], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return library;
}

describe('the CUDA driver', () => {
  it.each([
    ['linux', 'libcuda.so.1'],
    ['win32', 'nvcuda.dll'],
    ['darwin', null],
  ] as const)('is looked for by its name on %s', (platform, library) => {
    expect(driverLibrary(platform)).toBe(library);
  });

  it('is absent with a reason that names the library', () => {
    const { devices, reason, version } = openCuda(loadDriver('libno-such-driver.so.1'));
    expect(devices).toEqual([]);
    expect(version).toBeNull();
    expect(reason).toMatch(/^the NVIDIA driver's library libno-such-driver\.so\.1 can't be loaded: /);
  });

  it.each([
    [{ initCode: 100 }, 'all', 'cuInit: CUDA_ERROR_NO_DEVICE (100)'],
    [{ initCode: 999 }, 'all', 'cuInit: an unknown error (999)'],
    [{ version: 11_080 }, 'all', 'expected a driver of CUDA 12.2 or later, was 11.8'],
    [{ capabilities: [] }, 'all', 'the NVIDIA driver finds no device'],
    [{}, 'none', 'NVIDIA_VISIBLE_DEVICES=none shows none of 1 devices'],
    [{}, 'GPU-77777777', 'NVIDIA_VISIBLE_DEVICES=GPU-77777777 shows none of 1 devices'],
    [{ capabilities: ['9.0', '9.0'] }, '7', 'NVIDIA_VISIBLE_DEVICES=7 shows none of 2 devices'],
    [
      { capabilities: ['6.1'] },
      'all',
      'expected a device of compute capability 7.5 or later, was Stub 0 with 6.1',
    ],
  ])('that is not usable says why: %j', (settings, visible, reason) => {
    const state = openCuda(new StubDriver(settings), { visibleDevices: visible });
    expect(state.devices).toEqual([]);
    expect(state.reason).toBe(reason);
  });

  it.each([
    ['all', [0, 1, 2]],
    ['1', [1]],
    ['0, 2', [0, 2]],
    ['GPU-02020202-0202-0202-0202-020202020202', [2]],
    ['GPU-01010101, GPU-02020202', [1, 2]],
    ['1,7', [1]],
    // In a container three were named, and three are there, counted anew.
    ['4,5,6', [0, 1, 2]],
    ['2,3,4', [0, 1, 2]],
  ])('shows the devices that NVIDIA_VISIBLE_DEVICES=%s names', (visible, ordinals) => {
    const stub = new StubDriver({ capabilities: ['7.5', '8.0', '12.0'] });
    const { devices, reason } = openCuda(stub, { visibleDevices: visible });
    expect(devices.map(({ ordinal }) => ordinal)).toEqual(ordinals);
    expect(reason).toBeNull();
  });

  it('refuses a kernel that it can not assemble, with its own words', () => {
    const [device] = openCuda(new StubDriver()).devices;
    expect(() => device.kernel('.version 8.2', 'sweep')).toThrow(
      /^cuModuleLoadDataEx: CUDA_ERROR_INVALID_PTX \(218\): expected .*target/,
    );
  });

  it('keeps the kernels used last, and unloads the others', () => {
    const stub = new StubDriver();
    const [device] = openCuda(stub).devices;
    const text = (name: string) => {
      const p = new PtxWriter();
      p.parameter('u32');
      return p.finish(name);
    };
    const names = Array.from({ length: 40 }, (_, index) => `kernel${index}`);
    for (const name of names) expect(device.kernel(text(name), name)).toBeGreaterThan(0);
    device.kernel(text('kernel39'), 'kernel39');
    expect([stub.modulesLoaded, stub.modulesKept]).toEqual([40, 32]);
    device.kernel(text('kernel0'), 'kernel0');
    expect([stub.modulesLoaded, stub.modulesKept]).toEqual([41, 32]);
  });

  it('says what was asked for beyond the memory that it may take', () => {
    const [device] = openCuda(new StubDriver(), { memoryMaximumBytes: 2 ** 20 }).devices;
    const first = device.allocate(2 ** 19);
    expect(() => device.allocate(2 ** 20)).toThrow(
      'expected at most 1 MiB of a device (PYTORCH_CUDA_ALLOC_CONF), was 2 MiB',
    );
    device.free(first);
    device.free(device.allocate(2 ** 20));
  });

  itWhere(hasCompiler, 'a C compiler')('gets its arguments in native code', () => {
    const { devices, version } = openCuda(loadDriver(nativeStub()));
    const [device] = devices;
    expect([version, device.name, device.capability, device.memoryBytes]).toEqual([
      '12.2',
      'Native 0',
      '9.0',
      80 * 2 ** 30,
    ]);
    expect(device.uuid).toBe('GPU-00010203-0405-0607-0809-0a0b0c0d0e0f');
    expect(() => device.kernel('another', 'copy')).toThrow(
      'cuModuleLoadDataEx: CUDA_ERROR_INVALID_PTX (218): no module: another',
    );
    const [from, to, stream] = [device.allocate(24), device.allocate(24), device.stream()];
    device.upload(from, new Uint8Array(Float64Array.of(1.5, -2, 1e300).buffer), stream);
    device.launch(device.kernel('the text', 'copy'), 1, 32, stream, [
      ['u32', 3],
      ['u64', from],
      ['u64', to],
    ]);
    const found = new Float64Array(3);
    device.download(new Uint8Array(found.buffer), to, stream);
    expect([...found]).toEqual([2.5, -1, 1e300]);
    device.endStream(stream);
    device.free(from);
    device.free(to);
  });
});
