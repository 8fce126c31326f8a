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
