import { centred } from '../../simulation/covariance.ts';
import { linearLoadings, type PathModel } from '../../simulation/model.ts';
import { keyOf } from '../../simulation/philox.ts';
import { type CudaDevice, CudaError, type KernelArgument } from './device.ts';
import type { Handle } from './driver.ts';
import { COVARIANCE_KERNEL, emitCovariance } from './emit-covariance.ts';
import { drawsOf, emitPaths, keepsShocks, PATHS_KERNEL, SHOCKS_PER_DRAW } from './emit-paths.ts';

const THREADS_PER_BLOCK = 128;
/** Paths of one launch: enough for every core of a large device. */
const PATHS_MAXIMUM = 2 ** 18;

/** Returns of the book on all paths, in double precision: the bits of the reference, whatever the devices. */
export function runCudaPaths(
  devices: readonly CudaDevice[],
  model: PathModel,
  seed: number,
  scenarios: number,
  check: () => void,
): Float64Array {
  const out = new Float64Array(scenarios);
  const data = pathData(model);
  const text = emitPaths(model);
  const open: PathLane[] = [];
  try {
    const wanted = Math.min(PATHS_MAXIMUM, Math.ceil(scenarios / devices.length));
    const pathsEach = openLanes(devices, { model, text, data, seed }, wanted, open);
    let turn = 0;
    for (let from = 0; from < scenarios; from += pathsEach) {
      check();
      const lane = open[turn % open.length];
      lane.collect(out);
      lane.start(from, Math.min(pathsEach, scenarios - from));
      turn += 1;
    }
    for (const lane of open) lane.collect(out);
  } finally {
    for (const lane of open) lane.close();
  }
  return out;
}

/** The sample covariances of columns of one length, row after row: the bits of simulation/covariance.ts. */
export function covarianceOnDevice(device: CudaDevice, columns: readonly Float64Array[]): Float64Array {
  const [count, length] = [columns.length, columns[0].length];
  const together = new Float64Array(count * length);
  centred(columns).forEach((column, index) => together.set(column, index * length));
  const memory = new DeviceBuffers(device);
  try {
    const given = memory.holding(together);
    const out = new Float64Array(count * count);
    // Threads above the diagonal write nothing.
    const results = memory.holding(out);
    const kernel = device.kernel(emitCovariance(count, length), COVARIANCE_KERNEL);
    const blocks = Math.ceil(out.length / THREADS_PER_BLOCK);
    device.launch(kernel, blocks, THREADS_PER_BLOCK, memory.stream, [
      ['u64', given],
      ['u64', results],
    ]);
    device.download(new Uint8Array(out.buffer), results, memory.stream);
    for (let row = 0; row < count; row += 1)
      for (let column = row + 1; column < count; column += 1)
        out[row * count + column] = out[column * count + row];
    return out;
  } finally {
    memory.close();
  }
}

/** What the kernel of a model reads, in the order it reads it. */
function pathData(model: PathModel): Float64Array {
  if (model.kind === 'bootstrap') return Float64Array.of(...model.weights, ...model.sums);
  const { assetCount, drift, weights, factor } = model;
  if (model.isLinear) {
    const { loadings, mean } = linearLoadings(model);
    const padded = new Float64Array(1 + SHOCKS_PER_DRAW * drawsOf(model));
    padded[0] = mean;
    padded.set(loadings, 1);
    return padded;
  }
  const rows = Array.from({ length: assetCount }, (_, row) => [
    weights[row],
    drift[row],
    ...factor.subarray(row * assetCount, row * assetCount + row + 1),
  ]);
  return Float64Array.from(rows.flat());
}

/** Memory and a stream of one device, given back together. */
class DeviceBuffers {
  readonly stream: Handle;
  private readonly device: CudaDevice;
  private readonly addresses: Handle[] = [];

  constructor(device: CudaDevice) {
    this.device = device;
    this.stream = device.stream();
  }

  room(bytes: number): Handle {
    const address = this.device.allocate(bytes);
    this.addresses.push(address);
    return address;
  }

  holding(values: Float64Array): Handle {
    const address = this.room(values.byteLength);
    this.device.upload(address, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    return address;
  }

  close(): void {
    this.device.endStream(this.stream);
    for (const address of this.addresses) this.device.free(address);
  }
}

interface PathWork {
  readonly model: PathModel;
  readonly text: string;
  readonly data: Float64Array;
  readonly seed: number;
}

/** Opens a lane on each device with room for `wanted` paths, or for half as often as the memory asks; returns how many there is room for. */
function openLanes(devices: readonly CudaDevice[], work: PathWork, wanted: number, open: PathLane[]): number {
  try {
    for (const device of devices) open.push(new PathLane(device, work, wanted));
    return wanted;
  } catch (problem) {
    const canShrink = problem instanceof CudaError && problem.isOutOfMemory && wanted > THREADS_PER_BLOCK;
    if (!canShrink) throw problem;
    for (const lane of open.splice(0)) lane.close();
    return openLanes(devices, work, Math.ceil(wanted / 2), open);
  }
}

/** One launch at a time on one device. */
class PathLane {
  private readonly device: CudaDevice;
  private readonly memory: DeviceBuffers;
  private readonly kernel: Handle;
  private readonly seed: number;
  private readonly data: Handle;
  private readonly shocks: Handle | null;
  private readonly results: Handle;
  private running: { readonly from: number; readonly count: number } | undefined;

  constructor(device: CudaDevice, { model, text, data, seed }: PathWork, paths: number) {
    this.device = device;
    this.seed = seed;
    this.kernel = device.kernel(text, PATHS_KERNEL);
    this.memory = new DeviceBuffers(device);
    try {
      this.data = this.memory.holding(data);
      const shocksEach = model.kind === 'gaussian' ? SHOCKS_PER_DRAW * drawsOf(model) : 0;
      this.shocks = keepsShocks(model) ? this.memory.room(8 * shocksEach * paths) : null;
      this.results = this.memory.room(8 * paths);
    } catch (problem) {
      this.memory.close();
      throw problem;
    }
  }

  start(from: number, count: number): void {
    const [low, high] = keyOf(this.seed);
    const given: KernelArgument[] = [
      ['u64', this.data],
      ...(this.shocks === null ? [] : [['u64', this.shocks] as const]),
      ['u64', this.results],
      ['u32', from],
      ['u32', count],
      ['u32', low],
      ['u32', high],
    ];
    const blocks = Math.ceil(count / THREADS_PER_BLOCK);
    this.device.launch(this.kernel, blocks, THREADS_PER_BLOCK, this.memory.stream, given);
    this.running = { from, count };
  }

  /** Waits for the launch, if there is one, and puts its paths in their place. */
  collect(out: Float64Array): void {
    if (!this.running) return;
    const { from, count } = this.running;
    const bytes = new Uint8Array(out.buffer, out.byteOffset + 8 * from, 8 * count);
    this.device.download(bytes, this.results, this.memory.stream);
    this.running = undefined;
  }

  close(): void {
    this.memory.close();
  }
}
