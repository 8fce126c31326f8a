import type { DriverCalls, Handle } from '../driver.ts';
import { type DeviceMemory, type PtxKernel, readPtx } from './ptx-interpreter.ts';

const SUCCESS = 0;
const INVALID_VALUE = 1;
const OUT_OF_MEMORY = 2;
const INVALID_CONTEXT = 201;
const INVALID_PTX = 218;
const INVALID_HANDLE = 400;
const NOT_FOUND = 500;
const LAUNCH_FAILED = 719;
const NAMES: Readonly<Record<number, string>> = {
  [INVALID_VALUE]: 'CUDA_ERROR_INVALID_VALUE',
  [OUT_OF_MEMORY]: 'CUDA_ERROR_OUT_OF_MEMORY',
  100: 'CUDA_ERROR_NO_DEVICE',
  [INVALID_CONTEXT]: 'CUDA_ERROR_INVALID_CONTEXT',
  [INVALID_PTX]: 'CUDA_ERROR_INVALID_PTX',
  [INVALID_HANDLE]: 'CUDA_ERROR_INVALID_HANDLE',
  [NOT_FOUND]: 'CUDA_ERROR_NOT_FOUND',
  [LAUNCH_FAILED]: 'CUDA_ERROR_LAUNCH_FAILED',
};
const THREADS_MAXIMUM = 1024;
/** Clock in kHz, cores, and clock in kHz and bits of the memory. */
const ATTRIBUTES: Readonly<Record<number, number>> = { 13: 1_000_000, 16: 2, 36: 1_000_000, 37: 64 };

/** What the stub pretends to be. */
export interface StubSettings {
  readonly initCode?: number;
  readonly version?: number;
  /** The compute capability of each device. */
  readonly capabilities?: readonly string[];
  readonly memoryBytes?: number;
  /** Changes the text of a module before it is read. */
  readonly corrupt?: (text: string) => string;
}

interface Allocation {
  readonly device: number;
  readonly view: DataView;
  /** By 4 bytes: whether they were written. */
  readonly written: Uint8Array;
}

/**
 * A CUDA driver that runs kernels by interpreting their text, and refuses whatever a real one would refuse or silently get wrong:
 * unknown handles, memory of another device or none, too many bytes, arguments that aren't what the kernel declares.
 */
export class StubDriver implements DriverCalls {
  /** What failed inside kernels, for tests to read. */
  readonly faults: string[] = [];
  readonly launches: { readonly device: number; readonly kernel: string; readonly threads: number }[] = [];
  /** By kernel, how often threads came to each instruction. */
  readonly executed = new Map<string, Map<string, number>>();
  modulesLoaded = 0;
  /** The most memory that a device was asked for at once. */
  mostBytes = 0;
  private readonly settings: Required<StubSettings>;
  private readonly allocations = new Map<number, Allocation>();
  private readonly kernels = new Map<number, { readonly device: number; readonly kernel: PtxKernel }>();
  private readonly streams = new Map<number, number>();
  /** The stream of the last copy to an address, until it was waited for. */
  private readonly copying = new Map<number, number>();
  private top = 0x7f00_0000_0000;
  private current: number | undefined;

  constructor(settings: StubSettings = {}) {
    const whole = { initCode: 0, version: 12_020, capabilities: ['9.0'], memoryBytes: 2 ** 30 };
    this.settings = { ...whole, corrupt: (text) => text, ...settings };
  }

  /** Allocations and streams that were not given back. */
  get held(): number {
    return this.allocations.size + this.streams.size;
  }

  get modulesKept(): number {
    return this.kernels.size;
  }

  cuInit = (flags: number): number => (flags === 0 ? this.settings.initCode : INVALID_VALUE);
  cuDriverGetVersion = (out: [number | null]): number => put(out, this.settings.version);
  cuDeviceGetCount = (out: [number | null]): number => put(out, this.settings.capabilities.length);

  cuGetErrorName = (code: number, out: [string | null]): number =>
    NAMES[code] ? put(out, NAMES[code]) : INVALID_VALUE;

  cuDeviceGet = (out: [number | null], ordinal: number): number =>
    this.settings.capabilities[ordinal] ? put(out, ordinal + 10) : INVALID_VALUE;

  cuDeviceGetName = (name: Uint8Array, bytes: number, device: number): number => {
    if (bytes > name.length || !this.capability(device)) return INVALID_VALUE;
    name.set(Buffer.from(`Stub ${device - 10}\0`));
    return SUCCESS;
  };

  cuDeviceGetUuid_v2 = (uuid: Uint8Array, device: number): number => {
    if (uuid.length < 16 || !this.capability(device)) return INVALID_VALUE;
    uuid.fill(device - 10, 0, 16);
    return SUCCESS;
  };

  cuDeviceGetAttribute = (out: [number | null], attribute: number, device: number): number => {
    const [major, minor] = (this.capability(device) ?? '').split('.').map(Number);
    const known: Readonly<Record<number, number>> = { ...ATTRIBUTES, 75: major, 76: minor };
    return attribute in known && this.capability(device) ? put(out, known[attribute]) : INVALID_VALUE;
  };

  cuDeviceTotalMem_v2 = (out: [Handle | null], device: number): number =>
    this.capability(device) ? put(out, this.settings.memoryBytes) : INVALID_VALUE;

  cuDevicePrimaryCtxRetain = (out: [Handle | null], device: number): number =>
    this.capability(device) ? put(out, device + 100) : INVALID_VALUE;

  cuCtxSetCurrent = (context: Handle): number => {
    if (!this.capability(Number(context) - 100)) return INVALID_CONTEXT;
    this.current = Number(context) - 100;
    return SUCCESS;
  };

  cuModuleLoadDataEx = (out: [Handle | null], text: string, errorLog: Uint8Array): number => {
    if (this.current === undefined) return INVALID_CONTEXT;
    try {
      const handle = 1000 + this.modulesLoaded;
      this.kernels.set(handle, { device: this.current, kernel: readPtx(this.settings.corrupt(text)) });
      this.modulesLoaded += 1;
      return put(out, handle);
    } catch (problem) {
      errorLog.set(Buffer.from(`${(problem as Error).message}\0`).subarray(0, errorLog.length));
      return INVALID_PTX;
    }
  };

  cuModuleUnload = (module: Handle): number =>
    this.kernels.get(Number(module))?.device === this.current && this.kernels.delete(Number(module))
      ? SUCCESS
      : INVALID_HANDLE;

  cuModuleGetFunction = (out: [Handle | null], module: Handle, name: string): number => {
    const known = this.kernels.get(Number(module));
    if (!known || known.device !== this.current) return INVALID_HANDLE;
    return known.kernel.name === name ? put(out, module) : NOT_FOUND;
  };

  cuMemAlloc_v2 = (out: [Handle | null], bytes: number): number => {
    const device = this.current;
    if (device === undefined) return INVALID_CONTEXT;
    if (!(bytes > 0)) return INVALID_VALUE;
    const own = [...this.allocations.values()].filter((each) => each.device === device);
    const used = own.reduce((sum, { view }) => sum + view.byteLength, 0);
    if (used + bytes > this.settings.memoryBytes) return OUT_OF_MEMORY;
    this.mostBytes = Math.max(this.mostBytes, used + bytes);
    // As a driver does, whatever handle was given out before.
    const address = Math.ceil(this.top / 256) * 256;
    // A gap after each, so that a kernel that leaves its memory is seen.
    this.top = address + bytes + 4096;
    this.allocations.set(address, {
      device,
      view: new DataView(new ArrayBuffer(bytes)),
      written: new Uint8Array(Math.ceil(bytes / 4)),
    });
    return put(out, address);
  };

  cuMemFree_v2 = (address: Handle): number =>
    this.ownAllocation(address) && this.allocations.delete(Number(address)) ? SUCCESS : INVALID_VALUE;

  cuMemcpyHtoDAsync_v2 = (address: Handle, bytes: Uint8Array, count: number, stream: Handle): number => {
    if (this.streams.get(Number(stream)) !== this.current) return INVALID_HANDLE;
    const own = this.allocationAt(address);
    if (!own || count !== bytes.byteLength || own.at + count > own.view.byteLength) return INVALID_VALUE;
    new Uint8Array(own.view.buffer).set(bytes, own.at);
    own.written.fill(1, own.at >> 2, Math.ceil((own.at + count) / 4));
    this.copying.set(own.address, Number(stream));
    return SUCCESS;
  };

  cuMemcpyDtoHAsync_v2 = (bytes: Uint8Array, address: Handle, count: number, stream: Handle): number => {
    if (this.streams.get(Number(stream)) !== this.current) return INVALID_HANDLE;
    const own = this.allocationAt(address);
    if (!own || count !== bytes.byteLength || own.at + count > own.view.byteLength) return INVALID_VALUE;
    bytes.set(new Uint8Array(own.view.buffer, own.at, count));
    return SUCCESS;
  };

  cuStreamCreate = (out: [Handle | null], flags: number): number => {
    if (this.current === undefined) return INVALID_CONTEXT;
    if (flags !== 0 && flags !== 1) return INVALID_VALUE;
    this.top += 1;
    this.streams.set(this.top, this.current);
    return put(out, this.top);
  };

  cuStreamSynchronize = (stream: Handle): number => {
    if (this.streams.get(Number(stream)) !== this.current) return INVALID_HANDLE;
    for (const [address, by] of this.copying) if (by === Number(stream)) this.copying.delete(address);
    return SUCCESS;
  };

  cuStreamDestroy_v2 = (stream: Handle): number =>
    this.streams.delete(Number(stream)) ? SUCCESS : INVALID_HANDLE;

  cuLaunchKernel = (
    handle: Handle,
    blocks: number,
    threads: number,
    stream: Handle,
    parameters: Uint8Array,
  ): number => {
    const known = this.kernels.get(Number(handle));
    if (!known || known.device !== this.current) return INVALID_HANDLE;
    if (this.streams.get(Number(stream)) !== this.current) return INVALID_HANDLE;
    const isInside = blocks >= 1 && threads >= 1 && threads <= THREADS_MAXIMUM;
    if (!isInside || parameters.byteLength !== known.kernel.parameterBytes) return INVALID_VALUE;
    const given = new DataView(parameters.buffer, parameters.byteOffset, parameters.byteLength);
    for (const { type, offset } of known.kernel.parameters) {
      if (type !== 'u64') continue;
      const own = this.allocationAt(given.getBigUint64(offset, true));
      if (!own) return INVALID_VALUE;
      // A device would read what may not have arrived.
      if ((this.copying.get(own.address) ?? Number(stream)) !== Number(stream)) return INVALID_VALUE;
    }
    const { name } = known.kernel;
    this.launches.push({ device: known.device - 10, kernel: name, threads: blocks * threads });
    const executed = this.executed.get(name) ?? new Map<string, number>();
    this.executed.set(name, executed);
    try {
      known.kernel.run(blocks, threads, given, this.memory(known.device), executed);
      return SUCCESS;
    } catch (problem) {
      this.faults.push((problem as Error).message);
      return LAUNCH_FAILED;
    }
  };

  private capability(device: number): string | undefined {
    return this.settings.capabilities[device - 10];
  }

  private ownAllocation(address: Handle): Allocation | undefined {
    const known = this.allocations.get(Number(address));
    return known?.device === this.current ? known : undefined;
  }

  /** The allocation that an address lies in. */
  private allocationAt(address: Handle) {
    for (const [base, { device, view, written }] of this.allocations) {
      const at = Number(address) - base;
      if (device === this.current && at >= 0 && at < view.byteLength)
        return { address: base, view, written, at };
    }
    return undefined;
  }

  private memory(device: number): DeviceMemory {
    const regions = [...this.allocations].filter(([, each]) => each.device === device);
    const find = (address: number, bytes: number) => {
      for (const [base, { view, written }] of regions) {
        const at = address - base;
        if (at >= 0 && at + bytes <= view.byteLength) return { view, written, at };
      }
      throw new Error(`expected an address inside an allocation, was ${address}`);
    };
    const changed = new Set<DataView>();
    return {
      read(type, address, isConstant) {
        const { view, written, at } = find(address, type === 'f64' ? 8 : 4);
        if (isConstant && changed.has(view)) throw new Error(`expected constant memory, was ${address}`);
        if (written[at >> 2] === 0) throw new Error(`expected written memory, was ${address}`);
        return type === 'f64' ? view.getFloat64(at, true) : view.getUint32(at, true);
      },
      write(type, address, value) {
        const { view, written, at } = find(address, type === 'f64' ? 8 : 4);
        changed.add(view);
        written.fill(1, at >> 2, (at >> 2) + (type === 'f64' ? 2 : 1));
        if (type === 'f64') view.setFloat64(at, value, true);
        else view.setUint32(at, value, true);
      },
    };
  }
}

function put<Type>(out: [Type | null], value: Type): number {
  out[0] = value;
  return SUCCESS;
}
