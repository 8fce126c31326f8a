/** What is measured over the members of a universe, bar by bar. */
export type AcrossKind = 'rank' | 'mean' | 'zscore';

/**
 * Measures the first column among all: members without a value on a bar do not count there. A rank is 1 for
 * the highest, and equals share the better one; a z-score is in population deviations. NaN where the first
 * has no value (a mean: where none has), and a z-score where all are equal.
 */
export function measureAcross(kind: AcrossKind, columns: readonly Float64Array[]): Float64Array {
  const [own] = columns;
  return own.map((value, t) => {
    const values = columns.map((column) => column[t]).filter((one) => !Number.isNaN(one));
    const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
    if (kind === 'mean') return mean;
    if (Number.isNaN(value)) return NaN;
    if (kind === 'rank') return 1 + values.filter((one) => one > value).length;
    if (values.every((one) => one === value)) return NaN;
    const variance = values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / values.length;
    return (value - mean) / Math.sqrt(variance);
  });
}
