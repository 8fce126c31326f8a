import { figureTerms } from '../../backtest/summary.ts';
import { gridSize } from '../../backtest/sweep-grid.ts';
import type { BackendChoice, SweepRequest, SweepTile } from '../../service/contract.ts';
import type { CompiledStrategy } from '../../strategy/compile.ts';
import { type KernelInputs, planInputs } from '../wasm/slots.ts';
import { chooseTerms, type SimulationTerms } from '../wasm/terms.ts';
import { DeviceBuffers } from './buffers.ts';
import { type CudaDevice, CudaError } from './device.ts';
import { emitEvents } from './emit-events.ts';
import { SETS_PER_BLOCK } from './emit-hand-over.ts';
import { emitSweep } from './emit-sweep.ts';
import { planTables, preparedTables, TableMemory, type TablesPlan } from './events.ts';
import { InputPreparation } from './inputs.ts';
import { Lane, type LanePlace } from './lane.ts';
import { type CudaLayout, layOut } from './layout.ts';
import { ConditionMemory, planSignals, type SignalsPlan } from './signals.ts';
import { type SharedSeries, sharedReader } from './shared-series.ts';

/** Sets of one launch: enough for every core of a large device. */
const TILE_SETS_MAXIMUM = 2 ** 17;
/** Work of one launch, so that a sweep reports and can be cancelled about every second. */
const TILE_EVALUATIONS_MAXIMUM = 1e11;
/** Launches of one device that overlap: one computes while the results of the other are read. */
const LANES_PER_DEVICE = 2;
/** Sets that a multiprocessor takes side by side. */
const SETS_AT_ONCE = 192;
const DATA_BYTES_MAXIMUM = 2 ** 30;
/** What the signals of one launch may take. */
const SIGNAL_BYTES_MAXIMUM = 2 ** 29;
/** A device makes words of conditions faster than the processor packs them. */
const BITMAPS_MAXIMUM = 1;

/** Why no GPU takes the sweep of a universe. */
export const UNIVERSE_OBSTACLE = 'the choices and trades of a universe are those of the reference';

/** What of a sweep on a GPU is decided by its request, before its kernels are written. */
export interface CudaChoice {
  readonly inputs: KernelInputs;
  readonly layout: CudaLayout;
  readonly terms: SimulationTerms;
  readonly choice: BackendChoice;
}

/** Everything about a sweep on a GPU that follows from its request. */
export interface CudaPlan extends CudaChoice {
  /** The module of the kernel that takes each set over the bars. */
  readonly text: string;
  /** What that kernel is told of decisions. */
  readonly signals: SignalsPlan;
  /** What it is told of stretches of bars where it goes from event to event; null where it goes from bar to bar. */
  readonly tables: TablesPlan | null;
}

/** Decides how a GPU takes a sweep; a sentence that says why where it can't. */
export function chooseCudaSweep(strategy: CompiledStrategy, request: SweepRequest): CudaChoice | string {
  if (strategy.universe !== null) return UNIVERSE_OBSTACLE;
  const { terms, choice } = chooseTerms(strategy, request);
  const inputs = planInputs(strategy, request, { bitmapsMaximum: BITMAPS_MAXIMUM, computesRareValues: true });
  const layout = layOut(inputs.slots, request.axes, request.instruments[0].bars.timesMs.length);
  if (layout.bytes > DATA_BYTES_MAXIMUM) {
    const needed = Math.ceil(layout.bytes / 2 ** 20);
    return `its indicators take ${needed} MiB, of which the processor would have to prepare at most 1024`;
  }
  const backend = terms.plan === 'events' ? 'cuda-events' : 'cuda';
  return {
    inputs,
    layout,
    terms,
    choice: { backend, reason: `the work is worth the GPU; ${choice.reason}` },
  };
}

/** Plans a sweep and writes its kernels; a sentence that says why where the GPU can't take it. */
export function planCudaSweep(strategy: CompiledStrategy, request: SweepRequest): CudaPlan | string {
  const chosen = chooseCudaSweep(strategy, request);
  return typeof chosen === 'string' ? chosen : writeCudaSweep(chosen, request);
}

/** Writes the kernels of a sweep that a GPU takes. */
export function writeCudaSweep(chosen: CudaChoice, request: SweepRequest): CudaPlan {
  const { inputs, layout, terms } = chosen;
  const figures = figureTerms(request);
  const signals = planSignals(inputs, terms, layout, request);
  if (terms.plan === 'bars')
    return { ...chosen, signals, text: emitSweep(inputs, terms, layout, figures), tables: null };
  const tables = planTables(layout.barsTotal, terms.hasStop || terms.hasTarget);
  return { ...chosen, signals, text: emitEvents(inputs, terms, layout, tables.tables, figures), tables };
}

/**
 * Runs a whole sweep on the devices, which take tiles in turn. Tiles are reported in the grid's order. Other threads may help with the
 * series that are shared with them; this one is part 0.
 */
export function runCudaSweep(
  devices: readonly CudaDevice[],
  strategy: CompiledStrategy,
  request: SweepRequest,
  plan: CudaPlan,
  hooks: { readonly check: () => void; readonly onTile: (tile: SweepTile) => void },
  shared: SharedSeries | null = null,
): void {
  const { layout } = plan;
  const setsTotal = gridSize(request.axes);
  const open: Lane[] = [];
  const inputs: { readonly close: () => void }[] = [];
  const kept = <Memory extends { readonly close: () => void }>(memory: Memory): Memory => {
    inputs.push(memory);
    return memory;
  };
  try {
    let prepared: Float64Array | undefined;
    const prepare = () => (prepared ??= preparedTables(plan.tables!, request.instruments[0]));
    const places = devices.map((device): LanePlace => {
      const memory = kept(new DeviceBuffers(device));
      const address = memory.room(layout.bytes);
      return {
        memory,
        address,
        conditions: kept(new ConditionMemory(device, plan.signals)),
        tables: plan.tables && kept(new TableMemory(device, plan.tables, layout.barsTotal, prepare)),
      };
    });
    const known = shared ? sharedReader(strategy, request, shared, hooks.check) : () => null;
    new InputPreparation(strategy, request, layout, places, hooks.check, known).run(plan.inputs);
    for (const { address, conditions } of places) conditions.make(address);
    const wanted = tileSetsOf(plan, wantedSets(devices, setsTotal));
    const tileSets = openLanes(places, plan, { setsTotal, wanted }, open);
    const report = (lane: Lane) => {
      const tile = lane.collect();
      if (tile) hooks.onTile(tile);
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

/** Half of a device's sets, so that its results are read while it computes; all of them where less would leave a part of it idle. */
function wantedSets(devices: readonly CudaDevice[], setsTotal: number): number {
  const ofDevice = Math.ceil(setsTotal / devices.length);
  const atOnce = SETS_AT_ONCE * Math.max(...devices.map(({ multiprocessors }) => multiprocessors));
  return Math.min(ofDevice, Math.max(atOnce, Math.ceil(ofDevice / LANES_PER_DEVICE)));
}

/** Sets of one launch, at most `wanted`. */
function tileSetsOf({ layout: { barsTotal }, signals }: CudaPlan, wanted: number): number {
  const most = Math.min(
    TILE_SETS_MAXIMUM,
    Math.floor(TILE_EVALUATIONS_MAXIMUM / Math.max(1, barsTotal)),
    Math.floor(SIGNAL_BYTES_MAXIMUM / Math.max(1, signals.bytesPerSet)),
  );
  return Math.max(SETS_PER_BLOCK, Math.min(wanted, most));
}

/** Opens as many lanes as work at once, with room for `wanted` sets or for half as often as the memory asks; returns how many there is room for. */
function openLanes(
  places: readonly LanePlace[],
  plan: CudaPlan,
  { setsTotal, wanted }: { readonly setsTotal: number; readonly wanted: number },
  open: Lane[],
): number {
  try {
    const lanes = Math.min(LANES_PER_DEVICE * places.length, Math.ceil(setsTotal / wanted));
    for (let lane = 0; lane < lanes; lane += 1)
      open.push(new Lane(places[lane % places.length], plan, wanted));
    return wanted;
  } catch (problem) {
    const canShrink = problem instanceof CudaError && problem.isOutOfMemory && wanted > SETS_PER_BLOCK;
    if (!canShrink) throw problem;
    for (const lane of open.splice(0)) lane.close();
    return openLanes(places, plan, { setsTotal, wanted: Math.ceil(wanted / 2) }, open);
  }
}
