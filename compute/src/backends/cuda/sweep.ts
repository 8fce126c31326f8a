import { figureTerms } from '../../backtest/summary.ts';
import { gridSize } from '../../backtest/sweep-grid.ts';
import type { BackendChoice, SweepRequest, SweepTile } from '../../service/contract.ts';
import type { CompiledStrategy } from '../../strategy/compile.ts';
import { type KernelInputs, planInputs } from '../wasm/slots.ts';
import { chooseTerms, type SimulationTerms } from '../wasm/terms.ts';
import { DeviceBuffers } from './buffers.ts';
import { type CudaDevice, CudaError } from './device.ts';
import { emitEvents } from './emit-events.ts';
import { SETS_PER_BLOCK } from './emit-summary.ts';
import { emitSweep } from './emit-sweep.ts';
import { EventMemory, type EventsPlan, planEvents, preparedTables, SIGNAL_BYTES } from './events.ts';
import { InputPreparation } from './inputs.ts';
import { Lane, type LanePlace } from './lane.ts';
import { type CudaLayout, layOut, wordsOf } from './layout.ts';
import { type SharedSeries, sharedReader } from './shared-series.ts';

/** Sets of one launch: enough for every core of a large device. */
const TILE_SETS_MAXIMUM = 2 ** 17;
/** Work of one launch, so that a sweep reports and can be cancelled about every second. */
const TILE_EVALUATIONS_MAXIMUM = 1e11;
/** Launches of one device that overlap: one computes while the results of the other are read. */
const LANES_PER_DEVICE = 2;
const DATA_BYTES_MAXIMUM = 2 ** 30;
/** What the signals of one launch may take. */
const SIGNAL_BYTES_MAXIMUM = 2 ** 29;
/** Conditions of more kinds are compared by the kernel, which costs it less than packing their bits costs the processor. */
const BITMAPS_MAXIMUM = 16;
/** A device makes words of conditions faster than the processor packs them. */
const EVENT_BITMAPS_MAXIMUM = 1;

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
  /** What goes before that kernel where it goes from event to event; null where it goes from bar to bar. */
  readonly events: EventsPlan | null;
}

/** Decides how a GPU takes a sweep; a sentence that says why where it can't. */
export function chooseCudaSweep(strategy: CompiledStrategy, request: SweepRequest): CudaChoice | string {
  if (strategy.universe !== null) return UNIVERSE_OBSTACLE;
  const { terms, choice } = chooseTerms(strategy, request);
  const bitmapsMaximum = terms.plan === 'events' ? EVENT_BITMAPS_MAXIMUM : BITMAPS_MAXIMUM;
  const inputs = planInputs(strategy, request, { bitmapsMaximum, computesRareValues: true });
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
  if (terms.plan === 'bars')
    return { ...chosen, text: emitSweep(inputs, terms, layout, figures), events: null };
  const events = planEvents(inputs, terms, layout, request);
  return { ...chosen, text: emitEvents(inputs, terms, layout, events.tables, figures), events };
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
    let tables: Float64Array | undefined;
    const prepare = () => (tables ??= preparedTables(plan.events!, request.instruments[0]));
    const places = devices.map((device): LanePlace => {
      const memory = kept(new DeviceBuffers(device));
      const address = memory.room(layout.bytes);
      return {
        memory,
        address,
        events: plan.events && kept(new EventMemory(device, plan.events, layout.barsTotal, prepare)),
      };
    });
    const known = shared ? sharedReader(strategy, request, shared, hooks.check) : () => null;
    new InputPreparation(strategy, request, layout, places, hooks.check, known).run(plan.inputs);
    for (const { address, events } of places) events?.makeConditions(address);
    const each = Math.ceil(setsTotal / (devices.length * LANES_PER_DEVICE));
    const tileSets = openLanes(places, plan, tileSetsOf(plan, each), open);
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

/** Sets of one launch, at most `wanted`. */
function tileSetsOf({ layout: { barsTotal }, events }: CudaPlan, wanted: number): number {
  const signalBytes = events ? SIGNAL_BYTES * wordsOf(barsTotal) : 0;
  const most = Math.min(
    TILE_SETS_MAXIMUM,
    Math.floor(TILE_EVALUATIONS_MAXIMUM / Math.max(1, barsTotal)),
    Math.floor(SIGNAL_BYTES_MAXIMUM / Math.max(1, signalBytes)),
  );
  return Math.max(SETS_PER_BLOCK, Math.min(wanted, most));
}

/** Opens the lanes with room for `wanted` sets each, or for half as often as the memory asks; returns how many there is room for. */
function openLanes(places: readonly LanePlace[], plan: CudaPlan, wanted: number, open: Lane[]): number {
  try {
    for (let lane = 0; lane < LANES_PER_DEVICE; lane += 1)
      for (const place of places) open.push(new Lane(place, plan, wanted));
    return wanted;
  } catch (problem) {
    const canShrink = problem instanceof CudaError && problem.isOutOfMemory && wanted > SETS_PER_BLOCK;
    if (!canShrink) throw problem;
    for (const lane of open.splice(0)) lane.close();
    return openLanes(places, plan, Math.ceil(wanted / 2), open);
  }
}
