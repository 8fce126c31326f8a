import { mean } from '../risk/columns.ts';

/** The columns less their means: what covariances are sums of products of. */
export function centred(columns: readonly Float64Array[]): Float64Array[] {
  return columns.map((column) => {
    const centre = mean(column);
    return column.map((value) => value - centre);
  });
}

/**
 * The sample covariances (n - 1) of columns of one length, row after row. Products at even and at odd
 * places are summed apart, as the two lanes of the kernel are.
 */
export function covariance(columns: readonly Float64Array[]): Float64Array {
  const [count, length] = [columns.length, columns[0].length];
  const differences = centred(columns);
  const out = new Float64Array(count * count);
  for (let row = 0; row < count; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      const [a, b] = [differences[row], differences[column]];
      let [even, odd] = [0, 0];
      for (let t = 0; t < length; t += 2) even += a[t] * b[t];
      for (let t = 1; t < length; t += 2) odd += a[t] * b[t];
      out[row * count + column] = out[column * count + row] = (even + odd) / (length - 1);
    }
  }
  return out;
}
