/** What a kernel may ask for: the bars' count, its inputs as series or as numbers. */
export interface KernelInputs {
  readonly length: number;
  /** Input `index` as a column; a scalar arrives repeated. Truths are 0 and 1. */
  series(index: number): Float64Array;
  /** Input `index` as one number. */
  scalar(index: number): number;
}

/**
 * Computes one operation over all bars; truths are 0 and 1, NaN is missing. Each has a loop of its own, without branches where that can
 * be: one that called a function for every bar would take several times as long.
 */
export type Kernel = (inputs: KernelInputs) => Float64Array;
