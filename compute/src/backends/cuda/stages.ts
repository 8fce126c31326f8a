import type { SweepAxis } from '../../service/contract.ts';
import type { CompiledStrategy } from '../../strategy/compile.ts';
import { WINDOW_SUMS } from '../reference/windows.ts';
import type { Slot } from '../wasm/slots.ts';

/** More would give the device too little at once. */
const STAGES_MAXIMUM = 8;
/** Fewer values of series are computed in less time than a stage costs. */
const VALUES_PER_STAGE_MINIMUM = 200_000;

/**
 * Sets of neighbouring values of the first axis, those `from` up to before `to`: they lie side by side in the grid. A device takes them
 * while the processor computes the series of those that come after.
 */
export interface Stage {
  readonly from: number;
  readonly to: number;
}

/** The stages of a sweep: one where the processor computes nothing, or little, that is different along the first axis. */
export function stagesOf(
  strategy: CompiledStrategy,
  slots: readonly Slot[],
  axes: readonly SweepAxis[],
  barsTotal: number,
): readonly Stage[] {
  const values = axes.length === 0 ? 1 : axes[0].values.length;
  const rows = slots.reduce((sum, slot) => sum + (isStaged(strategy, slot) ? slot.distinct : 0), 0);
  const worthIt = Math.floor((rows * barsTotal) / VALUES_PER_STAGE_MINIMUM);
  return evenStages(values, Math.max(1, Math.min(STAGES_MAXIMUM, values, worthIt)));
}

/** So many stages of about as many values. */
export function evenStages(values: number, count: number): readonly Stage[] {
  return Array.from({ length: count }, (_, stage) => ({
    from: Math.floor((values * stage) / count),
    to: Math.floor((values * (stage + 1)) / count),
  }));
}

/** Whether the processor computes series of a slot stage by stage; sums of windows are made by devices. */
export function isStaged({ nodes }: CompiledStrategy, { kind, axes, node }: Slot): boolean {
  return kind === 'row' && axes[0] === 0 && !Object.hasOwn(WINDOW_SUMS, nodes[node].op);
}
