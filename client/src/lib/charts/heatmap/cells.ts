/**
 * The colours of a picture of a grid, four bytes a pixel, the first row of the grid at the bottom. A pixel over several
 * cells has the colour of their mean, so that no lonely cell decides how a region looks; NaN is transparent.
 */
export function picture(
  values: Float64Array,
  rows: number,
  columns: number,
  width: number,
  height: number,
): Uint8ClampedArray<ArrayBuffer> {
  const places = normalised(values);
  const pixels = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y += 1) {
    const [fromRow, toRow] = cellsUnder(height - 1 - y, height, rows);
    for (let x = 0; x < width; x += 1) {
      const [fromColumn, toColumn] = cellsUnder(x, width, columns);
      let [sum, count] = [0, 0];
      for (let row = fromRow; row < toRow; row += 1)
        for (let cell = row * columns + fromColumn; cell < row * columns + toColumn; cell += 1)
          if (!Number.isNaN(places[cell])) [sum, count] = [sum + places[cell], count + 1];
      if (count > 0) pixels.set([...shade(sum / count), 255], 4 * (y * width + x));
    }
  }
  return pixels;
}

/** The cells of one direction that a pixel lies over: at least one. */
function cellsUnder(pixel: number, pixels: number, cells: number): [from: number, to: number] {
  const from = Math.floor((pixel * cells) / pixels);
  return [from, Math.max(from + 1, Math.floor(((pixel + 1) * cells) / pixels))];
}

/** Where a value lies between the least and the greatest of all, 0 to 1; NaN stays NaN. */
export function normalised(values: Float64Array): Float64Array {
  let [least, greatest] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return values.map((value) =>
    greatest > least ? (value - least) / (greatest - least) : Number.isNaN(value) ? NaN : 0.5,
  );
}

// Viridis at five points: even steps look even, in grey and to colour-blind eyes too.
const STOPS = [
  [68, 1, 84],
  [59, 82, 139],
  [33, 145, 140],
  [94, 201, 98],
  [253, 231, 37],
] as const;

/** Red, green and blue of a place between 0 and 1. */
export function shade(place: number): number[] {
  const scaled = Math.min(0.9999, Math.max(0, place)) * (STOPS.length - 1);
  const [from, to] = [STOPS[Math.floor(scaled)], STOPS[Math.floor(scaled) + 1]];
  const part = scaled - Math.floor(scaled);
  return from.map((one, index) => Math.round(one + part * (to[index] - one)));
}

/** Where a value of an axis stands along it, 0 to 1, in the middle of its cells. */
export interface Tick {
  readonly place: number;
  readonly value: number;
}

/** As many values of an axis as there is room for, evenly apart, the first one always. */
export function ticks(values: ArrayLike<number>, most: number): Tick[] {
  const step = Math.max(1, Math.ceil(values.length / most));
  const count = Math.ceil(values.length / step);
  return Array.from({ length: count }, (_, index) => ({
    place: (index * step + 0.5) / values.length,
    value: values[index * step],
  }));
}

/** The cell beside one in the way of an arrow key, or itself at an edge; null for any other key. The first row is the lowest. */
export function cellBeside(cell: number, key: string, rows: number, columns: number): number | null {
  const [row, column] = [Math.floor(cell / columns), cell % columns];
  const way = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [1, 0], ArrowDown: [-1, 0] }[key];
  if (!way) return null;
  const within = (place: number, length: number) => Math.min(length - 1, Math.max(0, place));
  return within(row + way[0], rows) * columns + within(column + way[1], columns);
}

/** The least and the greatest value, and the place of the best, which is either; null where nothing is known. */
export function extremes(
  values: Float64Array,
  isLessBetter: boolean,
): { least: number; greatest: number; best: number } | null {
  let [low, high] = [-1, -1];
  for (let cell = 0; cell < values.length; cell += 1) {
    if (Number.isNaN(values[cell])) continue;
    if (low < 0 || values[cell] < values[low]) low = cell;
    if (high < 0 || values[cell] > values[high]) high = cell;
  }
  return low < 0 ? null : { least: values[low], greatest: values[high], best: isLessBetter ? low : high };
}

/** The colours from the least to the greatest value, as CSS has them. */
export const GRADIENT = `linear-gradient(to right, ${STOPS.map((colour) => `rgb(${colour.join(' ')})`).join(', ')})`;
