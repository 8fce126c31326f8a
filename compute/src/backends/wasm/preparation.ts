import { emitComparison } from './emit-comparison.ts';
import { emitRanks } from './emit-ranks.ts';
import { emitWindows } from './emit-windows.ts';
import { encodeModule } from './encoder.ts';

/** The functions that prepare what all sets of a sweep share: the same for every sweep, so that one module serves all. */
export interface PreparationKernels {
  readonly windows: (sums: number, width: number, divisor: number, row: number, length: number) => void;
  readonly compare: (
    a: number,
    b: number,
    step: number,
    below: number,
    above: number,
    same: number,
    bitmap: number,
    words: number,
  ) => void;
  readonly rank: (
    rows: number,
    ranks: number,
    count: number,
    from: number,
    to: number,
    knownAt: number,
  ) => void;
}

/** The module of PreparationKernels, for memory of at most so many pages. */
export function encodePreparation(pagesMaximum: number): Uint8Array<ArrayBuffer> {
  return encodeModule([emitWindows(), emitComparison(), emitRanks()], pagesMaximum);
}
