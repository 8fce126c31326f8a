import { type CudaDevice, openCuda } from '../src/backends/cuda/device.ts';
import { EVENTS_KERNEL } from '../src/backends/cuda/emit-events.ts';
import { SIGNALS_KERNEL } from '../src/backends/cuda/emit-signals.ts';
import { SETS_PER_BLOCK } from '../src/backends/cuda/emit-hand-over.ts';
import { SWEEP_KERNEL } from '../src/backends/cuda/emit-sweep.ts';
import { planCudaSweep, runCudaSweep } from '../src/backends/cuda/sweep.ts';
import { StubDriver } from '../src/backends/cuda/testing/stub-driver.ts';
import { gridSize } from '../src/backtest/sweep-grid.ts';
import { compiledForSweep } from '../src/backtest/validate.ts';
import type { SweepRequest } from '../src/service/contract.ts';

const CLOCK_KHZ = 13;
/** Instructions that a multiprocessor begins in a clock: four of 32 threads. */
const ISSUED_PER_CLOCK = 128;
/** Doubles that a multiprocessor adds or multiplies in a clock, where that is not the 2 of devices made for pictures. */
const DOUBLES_PER_CLOCK: Readonly<Record<string, number>> = { '8.0': 32, '9.0': 64, '10.0': 64 };
/** A quotient and a root are sequences of about so many instructions. */
const QUOTIENT_INSTRUCTIONS = 10;

/** What the kernels of a sweep do for one bar of one parameter set, counted by interpreting it. */
export interface InstructionCounts {
  readonly all: number;
  readonly doubles: number;
}

/**
 * Counts the instructions of a sweep on few sets and bars, without those of kernels whose work is shared by all sets; what only renames a
 * register costs a device nothing.
 */
export function countInstructions(request: SweepRequest): InstructionCounts {
  const stub = new StubDriver();
  const strategy = compiledForSweep(request);
  const plan = planCudaSweep(strategy, request);
  if (typeof plan === 'string') throw new Error(plan);
  const hooks = { check: () => undefined, onTile: () => undefined };
  runCudaSweep(openCuda(stub).devices, strategy, request, plan, hooks);
  const setsTotal = gridSize(request.axes);
  // Blocks of the kernel that goes from bar to bar are whole: sets beyond the last are computed again.
  const setsOfBlocks = Math.ceil(setsTotal / SETS_PER_BLOCK) * SETS_PER_BLOCK;
  const computed = { [SWEEP_KERNEL]: setsOfBlocks, [SIGNALS_KERNEL]: setsTotal, [EVENTS_KERNEL]: setsTotal };
  let [all, doubles] = [0, 0];
  for (const [kernel, sets] of Object.entries(computed)) {
    const evaluations = sets * request.instruments[0].bars.timesMs.length;
    for (const [line, count] of stub.executed.get(kernel) ?? []) {
      if (line.startsWith('mov.')) continue;
      const weight = /\b(div|sqrt)\.rn\.f64/.test(line) ? QUOTIENT_INSTRUCTIONS : 1;
      all += (weight * count) / evaluations;
      if (/\b(add|sub|mul|fma|div|sqrt)\.rn\.f64|\bsetp\.\w+\.f64|\bcvt\.\w+\.f64/.test(line))
        doubles += (weight * count) / evaluations;
    }
  }
  return { all, doubles };
}

/** The bar-evaluations a second that a device can't exceed, and what holds it back. */
export function limitOf(device: CudaDevice, { all, doubles }: InstructionCounts) {
  const clocks = device.multiprocessors * device.attribute(CLOCK_KHZ) * 1_000;
  const issue = (clocks * ISSUED_PER_CLOCK) / all;
  const arithmetic = (clocks * (DOUBLES_PER_CLOCK[device.capability] ?? 2)) / doubles;
  return issue < arithmetic
    ? { perSecond: issue, what: 'instructions begun' }
    : { perSecond: arithmetic, what: 'arithmetic of doubles' };
}
