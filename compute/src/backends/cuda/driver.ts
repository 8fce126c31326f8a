import { createRequire } from 'node:module';

/** An address or a handle of the driver. */
export type Handle = bigint | number;
type Out<Type> = [Type | null];

/**
 * The functions of the CUDA driver that are used, by their own names; each returns 0 or the code of an error. Loading a
 * module and launching a kernel take their buffers whole instead of pointers to pointers.
 */
export interface DriverCalls {
  cuInit(flags: number): number;
  cuDriverGetVersion(version: Out<number>): number;
  cuGetErrorName(code: number, name: Out<string>): number;
  cuDeviceGetCount(count: Out<number>): number;
  cuDeviceGet(device: Out<number>, ordinal: number): number;
  cuDeviceGetName(name: Uint8Array, bytes: number, device: number): number;
  cuDeviceGetUuid_v2(uuid: Uint8Array, device: number): number;
  cuDeviceGetAttribute(value: Out<number>, attribute: number, device: number): number;
  cuDeviceTotalMem_v2(bytes: Out<Handle>, device: number): number;
  cuDevicePrimaryCtxRetain(context: Out<Handle>, device: number): number;
  cuCtxSetCurrent(context: Handle): number;
  cuModuleLoadDataEx(module: Out<Handle>, text: string, errorLog: Uint8Array): number;
  cuModuleUnload(module: Handle): number;
  cuModuleGetFunction(kernel: Out<Handle>, module: Handle, name: string): number;
  cuMemAlloc_v2(address: Out<Handle>, bytes: number): number;
  cuMemFree_v2(address: Handle): number;
  cuMemcpyHtoDAsync_v2(address: Handle, bytes: Uint8Array, count: number, stream: Handle): number;
  cuMemcpyDtoHAsync_v2(bytes: Uint8Array, address: Handle, count: number, stream: Handle): number;
  cuStreamCreate(stream: Out<Handle>, flags: number): number;
  cuStreamSynchronize(stream: Handle): number;
  cuStreamDestroy_v2(stream: Handle): number;
  /** Blocks and threads along x only; `parameters` as the kernel reads them, each aligned to its size. */
  cuLaunchKernel(
    kernel: Handle,
    blocks: number,
    threads: number,
    stream: Handle,
    parameters: Uint8Array,
  ): number;
}

/** Arguments by function; handles are whole numbers as wide as a pointer. */
const SIGNATURES = {
  cuInit: 'uint',
  cuDriverGetVersion: '_Out_ int*',
  cuGetErrorName: 'int, _Out_ const char**',
  cuDeviceGetCount: '_Out_ int*',
  cuDeviceGet: '_Out_ int*, int',
  cuDeviceGetName: 'void*, int, int',
  cuDeviceGetUuid_v2: 'void*, int',
  cuDeviceGetAttribute: '_Out_ int*, int, int',
  cuDeviceTotalMem_v2: '_Out_ size_t*, int',
  cuDevicePrimaryCtxRetain: '_Out_ uintptr_t*, int',
  cuCtxSetCurrent: 'uintptr_t',
  cuModuleLoadDataEx: '_Out_ uintptr_t*, void*, uint, void*, void*',
  cuModuleUnload: 'uintptr_t',
  cuModuleGetFunction: '_Out_ uintptr_t*, uintptr_t, const char*',
  cuMemAlloc_v2: '_Out_ uint64_t*, size_t',
  cuMemFree_v2: 'uint64_t',
  cuMemcpyHtoDAsync_v2: 'uint64_t, void*, size_t, uintptr_t',
  cuMemcpyDtoHAsync_v2: 'void*, uint64_t, size_t, uintptr_t',
  cuStreamCreate: '_Out_ uintptr_t*, uint',
  cuStreamSynchronize: 'uintptr_t',
  cuStreamDestroy_v2: 'uintptr_t',
  cuLaunchKernel: 'uintptr_t, uint, uint, uint, uint, uint, uint, uint, uintptr_t, void*, void*',
} as const satisfies Record<keyof DriverCalls, string>;

const JIT_ERROR_LOG_BUFFER = 5;
const JIT_ERROR_LOG_BUFFER_BYTES = 6;
const LAUNCH_BUFFER_POINTER = 1n;
const LAUNCH_BUFFER_SIZE = 2n;

/** The driver's library on this system, or null where there is none. */
export function driverLibrary(platform: NodeJS.Platform = process.platform): string | null {
  if (platform === 'linux') return 'libcuda.so.1';
  return platform === 'win32' ? 'nvcuda.dll' : null;
}

/** Loads the driver; a sentence that says why where that fails. */
export function loadDriver(library: string | null = driverLibrary()): DriverCalls | string {
  if (library === null) return `there is no NVIDIA driver for ${process.platform}`;
  try {
    return bind(library);
  } catch (problem) {
    const message = problem instanceof Error ? problem.message : String(problem);
    return `the NVIDIA driver's library ${library} can't be loaded: ${message.split('\n')[0]}`;
  }
}

type Native = (...given: unknown[]) => number;

function bind(library: string): DriverCalls {
  // Loaded here, so that machines without a driver never load it.
  const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
  const loaded = koffi.load(library);
  const functions = Object.fromEntries(
    Object.entries(SIGNATURES).map(([name, given]) => [name, loaded.func(`int ${name}(${given})`)]),
  ) as unknown as Record<keyof DriverCalls, Native>;
  const address = (bytes: NodeJS.ArrayBufferView) => koffi.address(bytes) as bigint;
  return {
    ...(functions as unknown as DriverCalls),
    cuModuleLoadDataEx(module, text, errorLog) {
      const options = Uint32Array.of(JIT_ERROR_LOG_BUFFER, JIT_ERROR_LOG_BUFFER_BYTES);
      const values = BigUint64Array.of(address(errorLog), BigInt(errorLog.byteLength));
      return functions.cuModuleLoadDataEx(module, Buffer.from(`${text}\0`), options.length, options, values);
    },
    cuLaunchKernel(kernel, blocks, threads, stream, parameters) {
      const bytes = BigUint64Array.of(BigInt(parameters.byteLength));
      const extra = BigUint64Array.of(
        LAUNCH_BUFFER_POINTER,
        address(parameters),
        LAUNCH_BUFFER_SIZE,
        address(bytes),
        0n,
      );
      return functions.cuLaunchKernel(kernel, blocks, 1, 1, threads, 1, 1, 0, stream, null, extra);
    },
  };
}
