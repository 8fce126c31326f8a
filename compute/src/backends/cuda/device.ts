import type { DriverCalls, Handle } from './driver.ts';
import { type CudaSettings, EVERY_DEVICE, visibleOf } from './settings.ts';

const OUT_OF_MEMORY = 2;
const MULTIPROCESSORS = 16;
const CAPABILITY_MAJOR = 75;
const CAPABILITY_MINOR = 76;
const STREAM_NON_BLOCKING = 1;
/** Drivers report CUDA 12.2 as 12020. */
const VERSION_MINIMUM = 12_020;
const CAPABILITY_MINIMUM = 7.5;
/** More than any piece of work uses at once, so that what is in use stays loaded. */
const KERNELS_KEPT = 32;

/** A call of the driver that failed, with the name that the driver gives the error. */
export class CudaError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = 'CudaError';
    this.code = code;
  }

  get isOutOfMemory(): boolean {
    return this.code === OUT_OF_MEMORY;
  }
}

/** What a machine has for the CUDA backend; `reason` says why none of its devices is used. */
export interface CudaState {
  /** The CUDA version of the driver, e.g. "12.2"; null without a driver. */
  readonly version: string | null;
  readonly devices: readonly CudaDevice[];
  readonly reason: string | null;
}

/** Compute capabilities of devices on which the kernels were seen to have the bits of the reference. */
const VERIFIED_CAPABILITIES: readonly string[] = ['9.0'];

/** Whether the kernels were verified on devices of this kind, in a sentence without its end. */
export function verification(devices: readonly CudaDevice[]): string {
  const unverified = new Set(
    devices.map(({ capability }) => capability).filter((each) => !VERIFIED_CAPABILITIES.includes(each)),
  );
  const capabilities = VERIFIED_CAPABILITIES.join(', ');
  const verified = `the kernels of the commit in docs/benchmarks.md are verified on compute capability ${capabilities}`;
  const others = unverified.size === 0 ? '' : `, not yet on ${[...unverified].join(', ')}`;
  return `${verified}${others}`;
}

/** An argument of a kernel. */
export type KernelArgument = readonly ['u32', number] | readonly ['u64', Handle];

/** Starts a loaded driver and finds the devices that may be used. */
export function openCuda(calls: DriverCalls | string, given: Partial<CudaSettings> = {}): CudaState {
  if (typeof calls === 'string') return { version: null, devices: [], reason: calls };
  const { visibleDevices, memoryMaximumBytes } = { ...EVERY_DEVICE, ...given };
  let version: string | null = null;
  try {
    const driver = new Driver(calls);
    driver.call('cuInit', 0);
    const number = driver.read<number>((out) => calls.cuDriverGetVersion(out), 'cuDriverGetVersion');
    version = `${Math.floor(number / 1000)}.${Math.floor((number % 1000) / 10)}`;
    if (number < VERSION_MINIMUM)
      return { version, devices: [], reason: `expected a driver of CUDA 12.2 or later, was ${version}` };
    const count = driver.read<number>((out) => calls.cuDeviceGetCount(out), 'cuDeviceGetCount');
    const all = Array.from(
      { length: count },
      (_, ordinal) => new CudaDevice(driver, ordinal, memoryMaximumBytes),
    );
    const shown = visibleOf(all, visibleDevices);
    const devices = shown.filter(({ capability }) => Number(capability) >= CAPABILITY_MINIMUM);
    return { version, devices, reason: reasonOf(all, shown, devices, visibleDevices) };
  } catch (problem) {
    if (!(problem instanceof CudaError)) throw problem;
    return { version, devices: [], reason: problem.message };
  }
}

function reasonOf(
  all: readonly CudaDevice[],
  shown: readonly CudaDevice[],
  devices: readonly CudaDevice[],
  visible: string,
): string | null {
  if (devices.length > 0) return null;
  if (all.length === 0) return 'the NVIDIA driver finds no device';
  if (shown.length === 0) return `NVIDIA_VISIBLE_DEVICES=${visible} shows none of ${all.length} devices`;
  const [{ name, capability }] = shown;
  return `expected a device of compute capability ${CAPABILITY_MINIMUM} or later, was ${name} with ${capability}`;
}

/** Calls of the driver that throw what went wrong. */
class Driver {
  readonly calls: DriverCalls;

  constructor(calls: DriverCalls) {
    this.calls = calls;
  }

  call<Name extends keyof DriverCalls>(name: Name, ...given: Parameters<DriverCalls[Name]>): void {
    const run = this.calls[name] as (...values: Parameters<DriverCalls[Name]>) => number;
    this.check(run(...given), name);
  }

  /** What a call puts into its first argument. */
  read<Type>(run: (out: [Type | null]) => number, name: string): Type {
    const out: [Type | null] = [null];
    this.check(run(out), name);
    return out[0]!;
  }

  check(code: number, name: string, detail = ''): void {
    if (code === 0) return;
    const errorName: [string | null] = [null];
    this.calls.cuGetErrorName(code, errorName);
    throw new CudaError(code, `${name}: ${errorName[0] ?? 'an unknown error'} (${code})${detail}`);
  }
}

/** One device: its memory, its kernels and its streams. */
export class CudaDevice {
  readonly ordinal: number;
  readonly name: string;
  readonly uuid: string;
  /** The compute capability, e.g. "9.0". */
  readonly capability: string;
  readonly memoryBytes: number;
  readonly multiprocessors: number;
  private readonly driver: Driver;
  private readonly device: number;
  private context: Handle | undefined;
  private readonly memoryMaximumBytes: number;
  /** Bytes by address. */
  private readonly held = new Map<Handle, number>();
  /** By their module's text and their name, the one used last at the end: what is known is neither loaded nor assembled again. */
  private readonly kernels = new Map<string, { readonly module: Handle; readonly kernel: Handle }>();

  constructor(driver: Driver, ordinal: number, memoryMaximumBytes: number) {
    const { calls } = driver;
    this.driver = driver;
    this.memoryMaximumBytes = memoryMaximumBytes;
    this.ordinal = ordinal;
    const device = driver.read<number>((out) => calls.cuDeviceGet(out, ordinal), 'cuDeviceGet');
    this.device = device;
    const [name, uuid] = [new Uint8Array(256), new Uint8Array(16)];
    driver.call('cuDeviceGetName', name, name.length, device);
    driver.call('cuDeviceGetUuid_v2', uuid, device);
    this.name = textOf(name);
    this.uuid = `GPU-${Buffer.from(uuid)
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')}`;
    this.capability = `${this.attribute(CAPABILITY_MAJOR)}.${this.attribute(CAPABILITY_MINOR)}`;
    this.multiprocessors = this.attribute(MULTIPROCESSORS);
    this.memoryBytes = Number(
      driver.read<Handle>((out) => calls.cuDeviceTotalMem_v2(out, device), 'cuDeviceTotalMem_v2'),
    );
  }

  /** A number that the driver knows of the device, by the driver's own numbering. */
  attribute(which: number): number {
    const { driver, device } = this;
    return driver.read<number>(
      (out) => driver.calls.cuDeviceGetAttribute(out, which, device),
      'cuDeviceGetAttribute',
    );
  }

  /** A kernel of a module; the driver assembles the text for the device on its first use. */
  kernel(text: string, name: string): Handle {
    const key = `${name} ${text}`;
    const driver = this.entered();
    const known = this.kernels.get(key) ?? this.loaded(driver, text, name);
    this.kernels.delete(key);
    this.kernels.set(key, known);
    if (this.kernels.size > KERNELS_KEPT) {
      const [[oldest, { module }]] = this.kernels;
      this.kernels.delete(oldest);
      driver.call('cuModuleUnload', module);
    }
    return known.kernel;
  }

  allocate(bytes: number): Handle {
    const driver = this.entered();
    const heldBytes = [...this.held.values()].reduce((sum, each) => sum + each, 0);
    if (heldBytes + bytes > this.memoryMaximumBytes) {
      const limit = `expected at most ${this.memoryMaximumBytes / 2 ** 20} MiB of a device (PYTORCH_CUDA_ALLOC_CONF)`;
      throw new CudaError(OUT_OF_MEMORY, `${limit}, was ${Math.ceil((heldBytes + bytes) / 2 ** 20)} MiB`);
    }
    const address = driver.read<Handle>((out) => driver.calls.cuMemAlloc_v2(out, bytes), 'cuMemAlloc_v2');
    this.held.set(address, bytes);
    return address;
  }

  free(address: Handle): void {
    this.held.delete(address);
    this.entered().call('cuMemFree_v2', address);
  }

  /** Copies in the order of a stream: other streams see the bytes after a `wait` for it. */
  upload(address: Handle, bytes: Uint8Array, stream: Handle): void {
    this.entered().call('cuMemcpyHtoDAsync_v2', address, bytes, bytes.byteLength, stream);
  }

  /** Waits for all work of a stream. */
  wait(stream: Handle): void {
    this.entered().call('cuStreamSynchronize', stream);
  }

  /** Fills `bytes` once all work of the stream before is done, and waits for that. */
  download(bytes: Uint8Array, address: Handle, stream: Handle): void {
    const driver = this.entered();
    driver.call('cuMemcpyDtoHAsync_v2', bytes, address, bytes.byteLength, stream);
    driver.call('cuStreamSynchronize', stream);
  }

  /** A queue of work; work in different ones overlaps. */
  stream(): Handle {
    const { calls } = this.entered();
    return this.driver.read<Handle>(
      (out) => calls.cuStreamCreate(out, STREAM_NON_BLOCKING),
      'cuStreamCreate',
    );
  }

  /** Waits for the work of a stream and gives it back. */
  endStream(stream: Handle): void {
    const driver = this.entered();
    driver.call('cuStreamSynchronize', stream);
    driver.call('cuStreamDestroy_v2', stream);
  }

  launch(
    kernel: Handle,
    blocks: number,
    threads: number,
    stream: Handle,
    given: readonly KernelArgument[],
  ): void {
    this.entered().call('cuLaunchKernel', kernel, blocks, threads, stream, packed(given));
  }

  private loaded(driver: Driver, text: string, name: string) {
    const errorLog = new Uint8Array(8192);
    const module: [Handle | null] = [null];
    const code = driver.calls.cuModuleLoadDataEx(module, text, errorLog);
    driver.check(code, 'cuModuleLoadDataEx', `: ${textOf(errorLog)}`);
    const kernel = driver.read<Handle>(
      (out) => driver.calls.cuModuleGetFunction(out, module[0]!, name),
      'cuModuleGetFunction',
    );
    return { module: module[0]!, kernel };
  }

  /** The driver, with this device's context current on this thread. */
  private entered(): Driver {
    const { driver, device } = this;
    this.context ??= driver.read<Handle>(
      (out) => driver.calls.cuDevicePrimaryCtxRetain(out, device),
      'cuDevicePrimaryCtxRetain',
    );
    driver.call('cuCtxSetCurrent', this.context);
    return driver;
  }
}

function packed(given: readonly KernelArgument[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 * given.length));
  let at = 0;
  for (const [type, value] of given) {
    const bytes = type === 'u64' ? 8 : 4;
    at = Math.ceil(at / bytes) * bytes;
    if (type === 'u64') view.setBigUint64(at, BigInt(value), true);
    else view.setUint32(at, value, true);
    at += bytes;
  }
  return new Uint8Array(view.buffer, 0, at);
}

function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return Buffer.from(bytes.subarray(0, end < 0 ? bytes.length : end)).toString('utf8');
}
