/** The values of a window in ascending order, -0 before 0, as it moves on. */
export class SortedWindow {
  private readonly values: Float64Array;
  private count = 0;

  constructor(width: number) {
    this.values = new Float64Array(width);
  }

  clear(): void {
    this.count = 0;
  }

  add(value: number): void {
    const place = this.placeOf(value);
    this.values.copyWithin(place + 1, place, this.count);
    this.values[place] = value;
    this.count += 1;
  }

  /** Takes out one value that is in it, and adds another: those between their places move by one. */
  replace(oldest: number, value: number): void {
    const from = this.placeOf(oldest);
    const to = this.placeOf(value);
    if (from < to) this.values.copyWithin(from, from + 1, to);
    else this.values.copyWithin(to + 1, to, from);
    this.values[from < to ? to - 1 : to] = value;
  }

  at(place: number): number {
    return this.values[place];
  }

  /** How many values are at most this one. */
  countUpTo(value: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.values[middle] <= value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** How many values come before this one. */
  private placeOf(value: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (comesBefore(this.values[middle], value)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function comesBefore(one: number, other: number): boolean {
  return one < other || (one === other && Object.is(one, -0) && !Object.is(other, -0));
}

/** As `overWindows`, for what is measured of a window's values in order: `measure` is told the window's last bar. */
export function overSortedWindows(
  source: Float64Array,
  width: number,
  measure: (window: SortedWindow, t: number) => number,
): Float64Array {
  const out = new Float64Array(source.length).fill(NaN);
  const window = new SortedWindow(Math.min(width, source.length));
  let knownFrom = 0;
  for (let t = 0; t < source.length; t += 1) {
    if (Number.isNaN(source[t])) {
      window.clear();
      knownFrom = t + 1;
      continue;
    }
    if (t - width >= knownFrom) window.replace(source[t - width], source[t]);
    else window.add(source[t]);
    if (t - knownFrom >= width - 1) out[t] = measure(window, t);
  }
  return out;
}
