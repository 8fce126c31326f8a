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

/** The colour of a place between 0 and 1. */
export function viridis(place: number): string {
  if (Number.isNaN(place)) return 'transparent';
  const scaled = Math.min(0.9999, Math.max(0, place)) * (STOPS.length - 1);
  const [from, to] = [STOPS[Math.floor(scaled)], STOPS[Math.floor(scaled) + 1]];
  const part = scaled - Math.floor(scaled);
  return `rgb(${from.map((one, index) => Math.round(one + part * (to[index] - one))).join(' ')})`;
}
