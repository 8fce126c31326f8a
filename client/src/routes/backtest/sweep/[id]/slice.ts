/** A surface with a stretch of it replaced; what was not known before is NaN. */
export function withStretch(
  before: Float64Array | null,
  setsTotal: number,
  fromIndex: number,
  values: Float64Array,
): Float64Array {
  const surface = new Float64Array(setsTotal);
  if (before) surface.set(before);
  else surface.fill(NaN);
  surface.set(values, fromIndex);
  return surface;
}

/** The grid of two axes out of a surface of many, the others held at given places: rows of the first by columns of the second. */
export function surfaceSlice(
  values: Float64Array,
  lengths: readonly number[],
  rowAxis: number,
  columnAxis: number,
  fixed: readonly number[],
): { values: Float64Array; indices: Int32Array } {
  const strides = lengths.map((_, axis) =>
    lengths.slice(axis + 1).reduce((product, length) => product * length, 1),
  );
  const base = fixed.reduce(
    (sum, place, axis) => (axis === rowAxis || axis === columnAxis ? sum : sum + place * strides[axis]),
    0,
  );
  const [rows, columns] = [lengths[rowAxis], columnAxis === rowAxis ? 1 : lengths[columnAxis]];
  const indices = new Int32Array(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      indices[row * columns + column] =
        base + row * strides[rowAxis] + (columnAxis === rowAxis ? 0 : column * strides[columnAxis]);
    }
  }
  return { values: Float64Array.from(indices, (index) => values[index]), indices };
}
