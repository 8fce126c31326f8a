/** A pivot below this part of its variance is rounding: the asset follows from the ones before it. */
const PIVOT_NOISE = 1e-12;

/**
 * The lower triangle whose product with its transpose is the covariance, row after row. Assets that follow
 * from the ones before them, or never move, load on no shock of their own.
 */
export function cholesky(covariance: Float64Array, count: number): Float64Array {
  const factor = new Float64Array(count * count);
  const product = (row: number, column: number): number => {
    let sum = 0;
    for (let k = 0; k < column; k += 1) sum += factor[row * count + k] * factor[column * count + k];
    return sum;
  };
  for (let column = 0; column < count; column += 1) {
    const variance = covariance[column * count + column];
    const pivot = variance - product(column, column);
    if (!(pivot > PIVOT_NOISE * variance)) continue;
    const diagonal = Math.sqrt(pivot);
    factor[column * count + column] = diagonal;
    for (let row = column + 1; row < count; row += 1)
      factor[row * count + column] = (covariance[row * count + column] - product(row, column)) / diagonal;
  }
  return factor;
}
