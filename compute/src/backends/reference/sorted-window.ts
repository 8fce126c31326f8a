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

  /** Takes out one value that is in it. */
  remove(value: number): void {
    this.values.copyWithin(this.placeOf(value), this.placeOf(value) + 1, this.count);
    this.count -= 1;
  }

  at(place: number): number {
    return this.values[place];
  }

  /** How many values are at most this one. */
  countUpTo(value: number): number {
    return this.search((other) => other <= value);
  }

  /** How many values come before this one. */
  private placeOf(value: number): number {
    return this.search(
      (other) => other < value || (other === value && Object.is(other, -0) && !Object.is(value, -0)),
    );
  }

  /** How many of the first values are as asked, where no later one is. */
  private search(isAsked: (value: number) => boolean): number {
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isAsked(this.values[middle])) low = middle + 1;
      else high = middle;
    }
    return low;
  }
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
    if (t - width >= knownFrom) window.remove(source[t - width]);
    window.add(source[t]);
    if (t - knownFrom >= width - 1) out[t] = measure(window, t);
  }
  return out;
}
