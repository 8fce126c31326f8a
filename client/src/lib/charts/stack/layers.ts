/** One column of a stack. */
export interface StackColumn {
  readonly name: string;
  readonly values: ArrayLike<number>;
}

/** Where a column lies in its stack, point by point. */
export interface Layer {
  readonly name: string;
  readonly from: Float64Array;
  readonly to: Float64Array;
}

/** Piles columns up from 0: values above 0 upwards, values below 0 downwards; what is missing counts as 0. */
export function stackLayers(columns: readonly StackColumn[]): Layer[] {
  const length = Math.max(0, ...columns.map(({ values }) => values.length));
  const [above, below] = [new Float64Array(length), new Float64Array(length)];
  return columns.map(({ name, values }) => {
    const [from, to] = [new Float64Array(length), new Float64Array(length)];
    for (let t = 0; t < length; t += 1) {
      const value = Number.isFinite(values[t]) ? values[t] : 0;
      const pile = value < 0 ? below : above;
      from[t] = pile[t];
      pile[t] += value;
      to[t] = pile[t];
    }
    return { name, from, to };
  });
}

/** The least and greatest level of a stack, 0 and `least` to `greatest` among them. */
export function stackRange(layers: readonly Layer[], least = 0, greatest = 1): [number, number] {
  let [low, high] = [Math.min(0, least), Math.max(0, greatest)];
  for (const { to } of layers) {
    for (const level of to) {
      if (level < low) low = level;
      if (level > high) high = level;
    }
  }
  return [low, high];
}

/** The outline of a layer as the points of a polygon. */
export function outline(
  { from, to }: Layer,
  x: (index: number) => number,
  y: (level: number) => number,
): string {
  const points: string[] = [];
  for (let t = 0; t < to.length; t += 1) points.push(`${x(t).toFixed(1)},${y(to[t]).toFixed(1)}`);
  for (let t = from.length - 1; t >= 0; t -= 1) points.push(`${x(t).toFixed(1)},${y(from[t]).toFixed(1)}`);
  return points.join(' ');
}

/** The place of the time that is nearest to `timeMs`. */
export function nearestIndex(times: ArrayLike<number>, timeMs: number): number {
  let best = 0;
  for (let t = 1; t < times.length; t += 1)
    if (Math.abs(times[t] - timeMs) < Math.abs(times[best] - timeMs)) best = t;
  return best;
}
