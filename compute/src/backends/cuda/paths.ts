import { smallest } from '../../risk/select.ts';
import { centred } from '../../simulation/covariance.ts';
import { linearLoadings, type PathModel } from '../../simulation/model.ts';
import { keyOf } from '../../simulation/philox.ts';
import { after, DeviceBuffers } from './buffers.ts';
import { type CudaDevice, CudaError, type KernelArgument } from './device.ts';
import type { Handle } from './driver.ts';
import { COVARIANCE_KERNEL, emitCovariance } from './emit-covariance.ts';
import { drawsOf, emitPaths, keepsShocks, PATHS_KERNEL, SHOCKS_PER_DRAW } from './emit-paths.ts';
import { type DeviceValues, smallestOnDevices } from './select.ts';

const THREADS_PER_BLOCK = 128;
/** Paths of one launch: enough for every core of a large device. */
const PATHS_MAXIMUM = 2 ** 18;
/** Launches of one device that overlap: one computes while the returns of the other are read. */
const LANES_PER_DEVICE = 2;

/** What is made of simulated returns; `select` gives their smallest as risk/select.ts does. */
export type Measure<Result> = (returns: Float64Array, select: typeof smallest) => Result;

/** Simulates the book on all paths in double precision and measures its returns: the bits of the reference, whatever the devices. */
export function measureCudaPaths<Result>(
  devices: readonly CudaDevice[],
  model: PathModel,
  seed: number,
  scenarios: number,
  check: () => void,
  measure: Measure<Result>,
): Result {
  const returns = new Float64Array(scenarios);
  const work = { model, text: emitPaths(model), data: pathData(model), seed };
  const shares = devices.map((device, index): Share => {
    const [from, to] = [index, index + 1].map((end) => Math.floor((scenarios * end) / devices.length));
    return { device, from, to };
  });
  const kept = keep(shares);
  try {
    simulateInto(returns, shares, kept, work, check);
    return measure(returns, kept ? selectorOf(kept) : smallest);
  } finally {
    for (const { memory } of kept ?? []) memory.close();
  }
}

/** The paths of one device. */
interface Share {
  readonly device: CudaDevice;
  readonly from: number;
  readonly to: number;
}

/** Where the returns of a share stay on its device. */
interface KeptReturns extends DeviceValues {
  readonly memory: DeviceBuffers;
}

/** Room for all returns on their devices; null where there is none, and only those of a launch are there at a time. */
function keep(shares: readonly Share[]): readonly KeptReturns[] | null {
  const kept: KeptReturns[] = [];
  try {
    for (const { device, from, to } of shares) {
      const length = to - from;
      const memory = new DeviceBuffers(device);
      kept.push({ device, memory, length, address: 0 });
      kept[kept.length - 1] = { device, memory, length, address: memory.room(Math.max(8, 8 * length)) };
    }
    return kept;
  } catch (problem) {
    for (const { memory } of kept) memory.close();
    if (!isOutOfMemory(problem)) throw problem;
    return null;
  }
}

/** Selects on the devices, or here where they have no room for it; what was selected last answers for fewer. */
function selectorOf(kept: readonly KeptReturns[]): typeof smallest {
  let tail: Float64Array = new Float64Array(0);
  return (returns, count) => {
    try {
      if (tail.length < Math.min(count, returns.length)) tail = smallestOnDevices(kept, count);
    } catch (problem) {
      if (!isOutOfMemory(problem)) throw problem;
      tail = smallest(returns, count);
    }
    return tail.slice(0, count);
  };
}

function isOutOfMemory(problem: unknown): boolean {
  return problem instanceof CudaError && problem.isOutOfMemory;
}

function simulateInto(
  returns: Float64Array,
  shares: readonly Share[],
  kept: readonly KeptReturns[] | null,
  work: PathWork,
  check: () => void,
): void {
  const longest = Math.max(...shares.map(({ from, to }) => to - from));
  const wanted = Math.max(1, Math.min(PATHS_MAXIMUM, Math.ceil(longest / LANES_PER_DEVICE)));
  const open: PathLane[] = [];
  try {
    const pathsEach = openLanes(shares, kept, work, wanted, open);
    for (let turn = 0; turn * pathsEach < longest; turn += 1) {
      shares.forEach(({ from, to }, index) => {
        check();
        const at = from + turn * pathsEach;
        if (at >= to) return;
        const lane = open[(turn % LANES_PER_DEVICE) * shares.length + index];
        lane.collect(returns);
        lane.start(at, Math.min(pathsEach, to - at));
      });
    }
    for (const lane of open) lane.collect(returns);
  } finally {
    for (const lane of open) lane.close();
  }
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
function pathData(model: PathModel): Float64Array<ArrayBuffer> {
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

interface PathWork {
  readonly model: PathModel;
  readonly text: string;
  readonly data: Float64Array<ArrayBuffer>;
  readonly seed: number;
}

/** Opens the lanes with room for `wanted` paths each, or for half as often as the memory asks; returns how many there is room for. */
function openLanes(
  shares: readonly Share[],
  kept: readonly KeptReturns[] | null,
  work: PathWork,
  wanted: number,
  open: PathLane[],
): number {
  try {
    for (let lane = 0; lane < LANES_PER_DEVICE; lane += 1) {
      shares.forEach(({ device, from }, index) => {
        const own = kept && { address: kept[index].address, from };
        open.push(new PathLane(device, work, wanted, own));
      });
    }
    return wanted;
  } catch (problem) {
    if (!isOutOfMemory(problem) || wanted <= THREADS_PER_BLOCK) throw problem;
    for (const lane of open.splice(0)) lane.close();
    return openLanes(shares, kept, work, Math.ceil(wanted / 2), open);
  }
}

/** One launch at a time on one device. */
class PathLane {
  private readonly memory: DeviceBuffers;
  private readonly kernel: Handle;
  private readonly seed: number;
  private readonly data: Handle;
  private readonly shocks: Handle | null;
  /** Where the return of path `from` goes; what is not kept begins anew with every launch. */
  private readonly results: { readonly address: Handle; readonly from: number | null };
  private running: { readonly from: number; readonly count: number } | undefined;

  constructor(
    device: CudaDevice,
    { model, text, data, seed }: PathWork,
    paths: number,
    kept: { readonly address: Handle; readonly from: number } | null,
  ) {
    this.seed = seed;
    this.kernel = device.kernel(text, PATHS_KERNEL);
    this.memory = new DeviceBuffers(device);
    try {
      this.data = this.memory.holding(data);
      const shocksEach = model.kind === 'gaussian' ? SHOCKS_PER_DRAW * drawsOf(model) : 0;
      this.shocks = keepsShocks(model) ? this.memory.room(8 * shocksEach * paths) : null;
      this.results = kept ?? { address: this.memory.room(8 * paths), from: null };
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
      ['u64', this.place(from)],
      ['u32', from],
      ['u32', count],
      ['u32', low],
      ['u32', high],
    ];
    const { device, stream } = this.memory;
    device.launch(this.kernel, Math.ceil(count / THREADS_PER_BLOCK), THREADS_PER_BLOCK, stream, given);
    this.running = { from, count };
  }

  /** Waits for the launch, if there is one, and puts its paths in their place. */
  collect(out: Float64Array): void {
    if (!this.running) return;
    const { from, count } = this.running;
    const bytes = new Uint8Array(out.buffer, out.byteOffset + 8 * from, 8 * count);
    this.memory.device.download(bytes, this.place(from), this.memory.stream);
    this.running = undefined;
  }

  close(): void {
    this.memory.close();
  }

  private place(path: number): Handle {
    const { address, from } = this.results;
    return from === null ? address : after(address, 8 * (path - from));
  }
}
