import { figureTerms } from '../../backtest/summary.ts';
import { gridSize } from '../../backtest/sweep-grid.ts';
import type { BackendChoice, SweepRequest, SweepTile } from '../../service/contract.ts';
import type { CompiledStrategy } from '../../strategy/compile.ts';
import { type KernelInputs, planInputs } from '../wasm/slots.ts';
import { chooseTerms, type SimulationTerms } from '../wasm/terms.ts';
import { DeviceBuffers } from './buffers.ts';
import type { CudaDevice } from './device.ts';
import { emitEvents } from './emit-events.ts';
import { emitSweep } from './emit-sweep.ts';
import { planTables, preparedTables, TableMemory, type TablesPlan } from './events.ts';
import { InputPreparation } from './inputs.ts';
import type { LanePlace } from './lane.ts';
import { Lanes } from './lanes.ts';
import { type CudaLayout, layOut } from './layout.ts';
import { ConditionMemory, planSignals, type SignalsPlan } from './signals.ts';
import { type Stage, stagesOf } from './stages.ts';
import { type SharedSeries, sharedReader } from './shared-series.ts';

const DATA_BYTES_MAXIMUM = 2 ** 30;
/** A device makes words of conditions faster than the processor packs them. */
const BITMAPS_MAXIMUM = 1;

/** Why no GPU takes the sweep of a universe. */
export const UNIVERSE_OBSTACLE = 'the choices and trades of a universe are those of the reference';

/** What of a sweep on a GPU is decided by its request, before its kernels are written. */
export interface CudaChoice {
  readonly inputs: KernelInputs;
  readonly layout: CudaLayout;
  readonly terms: SimulationTerms;
  /** What devices take one after the other. */
  readonly stages: readonly Stage[];
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
    stages: stagesOf(strategy, inputs.slots, request.axes, layout.barsTotal),
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
  return {
    ...chosen,
    signals,
    text: emitEvents(inputs, terms, layout, tables.tables, figures),
    tables,
  };
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
    const preparation = new InputPreparation(strategy, request, layout, places, hooks.check, known);
    preparation.begin(plan.inputs);
    const lanes = kept(new Lanes(places, plan, gridSize(request.axes), hooks.onTile));
    for (const stage of plan.stages) {
      preparation.prepare(plan.inputs, stage);
      for (const { address, conditions } of places) conditions.make(address, stage);
      lanes.start(stage, hooks.check);
    }
    lanes.finish();
  } finally {
    // What works on the memory of others is closed before it.
    for (const memory of inputs.toReversed()) memory.close();
  }
}
