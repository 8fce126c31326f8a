import { blockLengths, type PathShape, sumColumns, sumRows } from '../../simulation/model.ts';
import { ROUNDS } from '../../simulation/philox.ts';
import { type Precision, WIDTHS } from './monte-carlo-reals.ts';
import { CONSTANTS_MAXIMUM } from './monte-carlo-vectors.ts';

/** Vectors of paths that are simulated side by side. */
export const VECTORS_PER_STEP = 4;
/** Paths of a chunk begin and end at multiples of this, whatever the precision. */
export const PATHS_ALIGNMENT = 16;
const CACHE_LINE_BYTES = 64;
const PAGE_BYTES = 65_536;

/** Where everything lies in the shared memory of a simulation: equal on every thread. */
export interface PathLayout {
  readonly constants: number;
  readonly roundKeys: number;
  /** One for each column, padded with zeros to whole vectors. */
  readonly weights: number;
  readonly drift: number;
  /** Row pairs of the factor, or the loadings of a linear book. */
  readonly factor: number;
  /** Mean return of a linear book. */
  readonly mean: number;
  readonly sums: number;
  readonly sumRowBytes: number;
  /** Blocks of four random words that a path needs. */
  readonly draws: number;
  readonly scratch: number;
  readonly scratchBytes: number;
  readonly returns: number;
  readonly pages: number;
}

/** Lays out the memory of `scenarios` paths for `threads` threads. */
export function layOutPaths(
  shape: PathShape,
  precision: Precision,
  scenarios: number,
  threads: number,
): PathLayout {
  const { bytes, lanes } = WIDTHS[precision];
  let top = CACHE_LINE_BYTES;
  const take = (size: number): number => {
    const start = top;
    top = roundUp(top + size, CACHE_LINE_BYTES);
    return start;
  };
  const isGaussian = shape.kind === 'gaussian';
  const columns = isGaussian ? shape.assetCount : sumColumns(shape);
  const padded = roundUp(columns, 4);
  const draws = Math.ceil((isGaussian ? shape.assetCount : blockLengths(shape).length) / 4);
  const sumRowBytes = roundUp(columns, lanes) * bytes;
  const scratchBytes = isGaussian ? 64 * VECTORS_PER_STEP * draws : 64 * draws;
  const places = {
    constants: take(16 * CONSTANTS_MAXIMUM),
    roundKeys: take(32 * ROUNDS),
    weights: take(padded * bytes),
    drift: take(padded * bytes),
    factor: take(isGaussian ? pairedLength(shape.assetCount) * bytes : 0),
    mean: take(bytes),
    sums: take(isGaussian ? 0 : sumRows(shape) * sumRowBytes),
    scratch: take(scratchBytes * threads),
    returns: take(roundUp(scenarios, PATHS_ALIGNMENT) * bytes),
  };
  return { ...places, sumRowBytes, draws, scratchBytes, pages: Math.ceil(top / PAGE_BYTES) };
}

/** How many numbers the pairs of rows take: a pair is as long as its longer row, and that as many are even. */
export function pairedLength(assetCount: number): number {
  const pairs = Math.ceil(assetCount / 2);
  return 2 * pairs * (pairs + 1);
}

/** The least multiple of `unit` that is not below a size. */
export function roundUp(size: number, unit: number): number {
  return Math.ceil(size / unit) * unit;
}
