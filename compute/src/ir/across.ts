/** What is measured over the members of a universe, bar by bar. */
export type AcrossKind = 'rank' | 'mean' | 'zscore';

/**
 * Measures each of the columns among all: members without a value on a bar do not count there. A rank is 1
 * for the highest, and equals share the better one; a z-score is in population deviations. NaN where the
 * member has no value (a mean: where none has), and a z-score where all are equal.
 */
export function measureAcross(kind: AcrossKind, columns: readonly Float64Array[]): Float64Array[] {
  const length = columns[0]?.length ?? 0;
  const out = columns.map(() => new Float64Array(length).fill(NaN));
  const known = new Float64Array(columns.length);
  for (let t = 0; t < length; t += 1) {
    let count = 0;
    for (const column of columns) {
      if (Number.isNaN(column[t])) continue;
      known[count] = column[t];
      count += 1;
    }
    if (count === 0) continue;
    const values = known.subarray(0, count);
    const measure = measureAmong(kind, values);
    columns.forEach((column, member) => {
      out[member][t] = measure(column[t]);
    });
  }
  return out;
}

/** What a member's value is among the values there are. */
function measureAmong(kind: AcrossKind, values: Float64Array): (value: number) => number {
  const { length } = values;
  if (kind === 'rank') {
    const ascending = values.slice().sort();
    return (value) => (Number.isNaN(value) ? NaN : 1 + length - firstAbove(ascending, value));
  }
  const mean = values.reduce((sum, one) => sum + one, 0) / length;
  if (kind === 'mean') return () => mean;
  if (values.every((one) => one === values[0])) return () => NaN;
  const variance = values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / length;
  return (value) => (value - mean) / Math.sqrt(variance);
}

/** The place of the first of ascending values that is above a value. */
function firstAbove(ascending: Float64Array, value: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
