/**
 * What the kernels simulate: the return of a book over a horizon, as a fraction of its value. A linear book
 * takes weights times returns; full revaluation takes weights times what each log return gains.
 */
export type PathModel = GaussianModel | BootstrapModel;

interface Book {
  readonly assetCount: number;
  readonly isLinear: boolean;
}

/** Normal shocks, or Student t, correlated by the lower triangle of a factor. */
export interface GaussianShape extends Book {
  readonly kind: 'gaussian';
  /** Of Student t, a whole number from 3; null for normals. */
  readonly degreesOfFreedom: number | null;
}

/** Blocks of consecutive bars drawn from history, whose end is followed by its start. */
export interface BootstrapShape extends Book {
  readonly kind: 'bootstrap';
  readonly observations: number;
  readonly blockBars: number;
  readonly horizonBars: number;
}

/** What the memory and the code of a kernel depend on. */
export type PathShape = GaussianShape | BootstrapShape;

export interface GaussianModel extends GaussianShape {
  /** Value of each position as a fraction of the book's. */
  readonly weights: Float64Array;
  /** Mean log return of each asset over the horizon. */
  readonly drift: Float64Array;
  /** Lower triangle, row after row, `assetCount` to a row: factor times its transpose is the covariance over the horizon. */
  readonly factor: Float64Array;
}

export interface BootstrapModel extends BootstrapShape {
  readonly weights: Float64Array;
  /** Row t holds the sums of the first t log returns of each asset; for a linear book of its one simple return. */
  readonly sums: Float64Array;
}

/** Columns a bootstrap keeps sums of: a linear book is one. */
export function sumColumns({ isLinear, assetCount }: BootstrapShape): number {
  return isLinear ? 1 : assetCount;
}

/** Rows of sums: a block may begin at any bar and run over the end. */
export function sumRows({ observations, blockBars }: BootstrapShape): number {
  return observations + blockBars + 1;
}

/** How many bars each block of a path has: all the same but for the last. */
export function blockLengths({ horizonBars, blockBars }: BootstrapShape): number[] {
  const count = Math.ceil(horizonBars / blockBars);
  return Array.from({ length: count }, (_, index) => Math.min(blockBars, horizonBars - index * blockBars));
}

/** The book's own loading on each shock and its mean return: all a linear book needs. */
export function linearLoadings({ weights, drift, factor, assetCount }: GaussianModel): {
  readonly loadings: Float64Array;
  readonly mean: number;
} {
  const loadings = new Float64Array(assetCount);
  let mean = 0;
  for (let row = 0; row < assetCount; row += 1) {
    mean += weights[row] * drift[row];
    for (let column = 0; column <= row; column += 1)
      loadings[column] += weights[row] * factor[row * assetCount + column];
  }
  return { loadings, mean };
}
