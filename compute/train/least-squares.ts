/** The coefficients, the last of them the constant, that bring `rows` nearest to `targets` in squares. */
export function leastSquares(rows: readonly (readonly number[])[], targets: readonly number[]): number[] {
  const size = rows[0].length + 1;
  const system = Array.from({ length: size }, () => new Float64Array(size + 1));
  rows.forEach((row, index) => {
    const extended = [...row, 1];
    for (let i = 0; i < size; i += 1) {
      for (let j = 0; j < size; j += 1) system[i][j] += extended[i] * extended[j];
      system[i][size] += extended[i] * targets[index];
    }
  });
  for (let column = 0; column < size; column += 1) eliminate(system, column);
  return system.map((equation, index) => equation[size] / equation[index]);
}

/** One step of Gauss and Jordan's elimination, with the largest pivot. */
function eliminate(system: Float64Array[], column: number): void {
  let pivot = column;
  for (let row = column + 1; row < system.length; row += 1)
    if (Math.abs(system[row][column]) > Math.abs(system[pivot][column])) pivot = row;
  [system[column], system[pivot]] = [system[pivot], system[column]];
  if (system[column][column] === 0)
    throw new Error('expected features that do not follow from each other, was one that does');
  for (let row = 0; row < system.length; row += 1) {
    if (row === column) continue;
    const factor = system[row][column] / system[column][column];
    for (let j = column; j < system[row].length; j += 1) system[row][j] -= factor * system[column][j];
  }
}
