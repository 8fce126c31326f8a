/** What a kernel may ask for: the bars' count, its inputs as series or as numbers. */
export interface KernelInputs {
  readonly length: number;
  /** Input `index` as a column; a scalar arrives repeated. Truths are 0 and 1. */
  series(index: number): Float64Array;
  /** Input `index` as one number. */
  scalar(index: number): number;
}

/** Computes one operation over all bars; truths are 0 and 1, NaN is missing. */
export type Kernel = (inputs: KernelInputs) => Float64Array;

/** A kernel of one series, element by element. */
export function mapSeries(f: (a: number) => number): Kernel {
  return ({ length, series }) => {
    const a = series(0);
    const out = new Float64Array(length);
    for (let t = 0; t < length; t += 1) out[t] = f(a[t]);
    return out;
  };
}

/** A kernel of two series, element by element. */
export function mapPair(f: (a: number, b: number) => number): Kernel {
  return ({ length, series }) => {
    const [a, b] = [series(0), series(1)];
    const out = new Float64Array(length);
    for (let t = 0; t < length; t += 1) out[t] = f(a[t], b[t]);
    return out;
  };
}

/** A kernel that compares two series; NaN compares false. */
export function truthPair(f: (a: number, b: number) => boolean): Kernel {
  return mapPair((a, b) => (f(a, b) ? 1 : 0));
}
