import type { BacktestProgress } from '../service/contract.ts';

/** How a long calculation lets its caller look in: called every few milliseconds of work. */
export interface Checkpoint<Progress> {
  /** Throws to stop the work. */
  readonly check: () => void;
  readonly report: (progress: Progress) => void;
}

const BARS_PER_STRETCH = 2_000;

/** Simulates all bars, a stretch at a time, and reports the equity of each. */
export function simulateInStretches(
  simulation: {
    readonly barsDone: number;
    readonly equity: Float64Array;
    readonly advance: (end: number) => void;
  },
  barsTotal: number,
  checkpoint: Checkpoint<BacktestProgress>,
): void {
  while (simulation.barsDone < barsTotal) {
    checkpoint.check();
    const fromIndex = simulation.barsDone;
    simulation.advance(Math.min(barsTotal, fromIndex + BARS_PER_STRETCH));
    const equity = simulation.equity.slice(fromIndex, simulation.barsDone);
    checkpoint.report({ barsDone: simulation.barsDone, barsTotal, fromIndex, equity });
  }
}
