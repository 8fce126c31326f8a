import { evaluateNode, scalarValues, type SeriesCache } from '../reference/evaluate.ts';
import { sumsFinisher } from '../../backtest/summary.ts';
import { gridSize } from '../../backtest/sweep-grid.ts';
import { ComputeError, type SweepRequest, type SweepTile } from '../../service/contract.ts';
import type { CompiledStrategy } from '../../strategy/compile.ts';
import { RESULT_DOUBLES } from '../wasm/layout.ts';
import { type KernelInputs, planInputs, type Slot, slotParameters } from '../wasm/slots.ts';
import { chooseTerms } from '../wasm/terms.ts';
import { DeviceBuffers } from './buffers.ts';
import { type CudaDevice, CudaError } from './device.ts';
import type { Handle } from './driver.ts';
import { emitSweep, SWEEP_KERNEL } from './emit-sweep.ts';
import { BARS_PER_WORD, type CudaLayout, layOut, PRICE_BYTES, type SlotLayout } from './layout.ts';

const THREADS_PER_BLOCK = 128;
/** Sets of one launch: enough for every core of a large device. */
const TILE_SETS_MAXIMUM = 2 ** 18;
/** Work of one launch, so that a sweep reports and can be cancelled about every second. */
const TILE_EVALUATIONS_MAXIMUM = 1e11;
/** Sets of one report. */
const REPORT_SETS = 4096;
/** Launches of one device that overlap: one computes while the results of the other are read. */
const LANES_PER_DEVICE = 2;
const DATA_BYTES_MAXIMUM = 2 ** 30;
const CACHED_VALUES_MAXIMUM = 2_000_000;

/** Everything about a sweep on a GPU that follows from its request. */
export interface CudaPlan {
  readonly inputs: KernelInputs;
  readonly layout: CudaLayout;
  /** The kernel's module. */
  readonly text: string;
}

/** Plans a sweep; a sentence that says why where the GPU can't take it. */
export function planCudaSweep(strategy: CompiledStrategy, request: SweepRequest): CudaPlan | string {
  const inputs = planInputs(strategy, request);
  const { terms } = chooseTerms(strategy, inputs, request);
  const layout = layOut(inputs, request.axes, request.instruments[0].bars.timesMs.length);
  if (layout.bytes > DATA_BYTES_MAXIMUM) {
    const needed = Math.ceil(layout.bytes / 2 ** 20);
    return `its indicators take ${needed} MiB, of which the processor would have to prepare at most 1024`;
  }
  return { inputs, layout, text: emitSweep(inputs, terms, layout) };
}

/** Runs a whole sweep on the devices, which take tiles in turn. Tiles are reported in the grid's order. */
export function runCudaSweep(
  devices: readonly CudaDevice[],
  strategy: CompiledStrategy,
  request: SweepRequest,
  plan: CudaPlan,
  hooks: { readonly check: () => void; readonly onTile: (tile: SweepTile) => void },
): void {
  const data = writeData(strategy, request, plan, hooks.check);
  const barsTotal = plan.layout.barsTotal;
  const setsTotal = gridSize(request.axes);
  const wanted = Math.min(
    TILE_SETS_MAXIMUM,
    Math.floor(TILE_EVALUATIONS_MAXIMUM / Math.max(1, barsTotal)),
    Math.ceil(setsTotal / (devices.length * LANES_PER_DEVICE)),
  );
  const open: Lane[] = [];
  const inputs: DeviceBuffers[] = [];
  try {
    const given = devices.map((device): DeviceData => {
      const memory = new DeviceBuffers(device);
      inputs.push(memory);
      return [device, memory.holding(data)];
    });
    for (const memory of inputs) memory.settled();
    const tileSets = openLanes(given, plan, Math.max(THREADS_PER_BLOCK, wanted), open);
    const report = (lane: Lane) => {
      for (const tile of lane.collect(request)) hooks.onTile(tile);
    };
    let turn = 0;
    for (let fromIndex = 0; fromIndex < setsTotal; fromIndex += tileSets) {
      hooks.check();
      const lane = open[turn % open.length];
      report(lane);
      lane.start(fromIndex, Math.min(tileSets, setsTotal - fromIndex));
      turn += 1;
    }
    for (let rest = 0; rest < open.length; rest += 1) report(open[(turn + rest) % open.length]);
  } finally {
    for (const lane of open) lane.close();
    for (const memory of inputs) memory.close();
  }
}

/** A device and where on it the inputs of the sweep lie. */
type DeviceData = readonly [device: CudaDevice, data: Handle];

/** Opens the lanes with room for `wanted` sets each, or for half as often as the memory asks; returns how many there is room for. */
function openLanes(given: readonly DeviceData[], plan: CudaPlan, wanted: number, open: Lane[]): number {
  try {
    for (let lane = 0; lane < LANES_PER_DEVICE; lane += 1)
      for (const [device, data] of given) open.push(new Lane(device, data, plan, wanted));
    return wanted;
  } catch (problem) {
    const canShrink = problem instanceof CudaError && problem.isOutOfMemory && wanted > THREADS_PER_BLOCK;
    if (!canShrink) throw problem;
    for (const lane of open.splice(0)) lane.close();
    return openLanes(given, plan, Math.ceil(wanted / 2), open);
  }
}

/** One launch at a time on one device, with room for its results. */
class Lane {
  private readonly memory: DeviceBuffers;
  private readonly data: Handle;
  private readonly plan: CudaPlan;
  private readonly kernel: Handle;
  private readonly results: Handle;
  private running: { readonly fromIndex: number; readonly count: number } | undefined;

  constructor(device: CudaDevice, data: Handle, plan: CudaPlan, tileSets: number) {
    this.data = data;
    this.plan = plan;
    this.kernel = device.kernel(plan.text, SWEEP_KERNEL);
    this.memory = new DeviceBuffers(device);
    try {
      this.results = this.memory.room(8 * RESULT_DOUBLES * tileSets);
    } catch (problem) {
      this.memory.close();
      throw problem;
    }
  }

  start(fromIndex: number, count: number): void {
    const blocks = Math.ceil(count / THREADS_PER_BLOCK);
    const { device, stream } = this.memory;
    device.launch(this.kernel, blocks, THREADS_PER_BLOCK, stream, [
      ['u64', this.data],
      ['u64', this.results],
      ['u32', fromIndex],
      ['u32', count],
      ['u32', this.plan.layout.barsTotal],
    ]);
    this.running = { fromIndex, count };
  }

  /** Waits for the launch, if there is one, and finishes its sums. */
  collect(request: SweepRequest): SweepTile[] {
    if (!this.running) return [];
    const { fromIndex, count } = this.running;
    const sums = new Float64Array(RESULT_DOUBLES * count);
    this.memory.device.download(new Uint8Array(sums.buffer), this.results, this.memory.stream);
    this.running = undefined;
    const tiles: SweepTile[] = [];
    for (let done = 0; done < count; done += REPORT_SETS) {
      const columns = Array.from({ length: RESULT_DOUBLES }, (_, column) =>
        sums.subarray(column * count + done, column * count + Math.min(count, done + REPORT_SETS)),
      );
      tiles.push(finishTile(fromIndex + done, columns, this.plan.layout.barsTotal, request));
    }
    return tiles;
  }

  close(): void {
    this.memory.close();
  }
}

function finishTile(
  fromIndex: number,
  columns: readonly Float64Array[],
  barsTotal: number,
  request: SweepRequest,
): SweepTile {
  const [first, last, even, odd, evenSquares, oddSquares, worstRatio, tradeCount] = columns;
  const column = () => new Float64Array(first.length);
  const [totalReturn, sharpe, maxDrawdown] = [column(), column(), column()];
  const finish = sumsFinisher(barsTotal, request);
  for (let set = 0; set < first.length; set += 1) {
    const figures = finish({
      first: first[set],
      last: last[set],
      returns: [even[set], odd[set]],
      squares: [evenSquares[set], oddSquares[set]],
      worstRatio: worstRatio[set],
      tradeCount: tradeCount[set],
    });
    totalReturn[set] = figures.totalReturn;
    sharpe[set] = figures.sharpe;
    maxDrawdown[set] = figures.maxDrawdown;
  }
  return { fromIndex, totalReturn, sharpe, maxDrawdown, tradeCount: tradeCount.slice() };
}

/** Computes everything that a kernel reads, each distinct item once. */
function writeData(
  strategy: CompiledStrategy,
  request: SweepRequest,
  { inputs, layout }: CudaPlan,
  check: () => void,
): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(layout.bytes);
  const { open, high, low, close } = request.instruments[0].bars;
  [open, high, low, close].forEach((column, place) => {
    const prices = new Float64Array(data.buffer);
    for (let t = 0; t < layout.barsTotal; t += 1) prices[(t * PRICE_BYTES) / 8 + place] = column[t];
  });
  const cache: SeriesCache = new Map();
  inputs.slots.forEach((slot, index) => {
    for (let item = 0; item < slot.distinct; item += 1) {
      check();
      if (cache.size * layout.barsTotal > CACHED_VALUES_MAXIMUM) cache.clear();
      const parameters = { ...request.parameters, ...slotParameters(slot, request.axes, item) };
      const values =
        slot.kind === 'row' || slot.kind === 'bitmap'
          ? evaluateNode(strategy, parameters, request.instruments, slot.node, cache)
          : Float64Array.of(numberOf(slot, scalarValues(strategy, parameters)[slot.node]!));
      writeItem(data.buffer, slot, layout.slots[index], item, values);
    }
  });
  return data;
}

function numberOf(slot: Slot, value: number): number {
  if (slot.kind === 'integer' && !(Number.isInteger(value) && value >= 1))
    throw new ComputeError('INVALID_PARAMETER', `expected a whole number of bars from 1, was ${value}`);
  return value;
}

/** Writes the values of one item between those of the others; truths are packed, the first bar in the lowest bit. */
function writeItem(
  buffer: ArrayBuffer,
  slot: Slot,
  { offset, steps }: SlotLayout,
  item: number,
  values: Float64Array,
): void {
  if (slot.kind === 'row' || slot.kind === 'scalar') {
    const doubles = new Float64Array(buffer, offset, steps * slot.distinct);
    for (let step = 0; step < steps; step += 1) doubles[step * slot.distinct + item] = values[step];
    return;
  }
  const words = new Uint32Array(buffer, offset, steps * slot.distinct);
  if (slot.kind === 'integer') words[item] = values[0];
  else
    for (let t = 0; t < values.length; t += 1)
      words[Math.floor(t / BARS_PER_WORD) * slot.distinct + item] |= values[t] << (t % BARS_PER_WORD);
}
