/**
 * For every window of some bars, at its last one: the sum of the squared falls of its bars, each from the highest of the window up to it
 * and as a part of that. NaN where a window is not whole or holds a NaN.
 *
 * A window is the end of one block of `width` bars and the beginning of the next. Ends are known from the right: a bar
 * takes over the stretches of lower ones behind it. Beginnings grow by a bar at a time; of one, the bars before the first that is above the
 * end's highest fall from that, and the others as if the beginning stood alone. What is subtracted of them is no more than what those
 * before fell, so that no digits are lost.
 */
export function windowFalls(source: Float64Array, width: number): Float64Array {
  const { length } = source;
  const out = new Float64Array(length).fill(NaN);
  if (width > length) return out;
  const beginning = new Beginning(width);
  const ending = new Ending(width);
  let missing = -1;
  // Falls from what is not above 0 are not of one sign: such windows are summed bar by bar.
  let unusual = -1;
  for (let start = 0; start < length; start += width) {
    const next = Math.min(length, start + width);
    beginning.clear();
    for (let t = start; t < next; t += 1) {
      const value = source[t];
      if (Number.isNaN(value)) missing = t;
      else if (!(value > 0 && value < Infinity)) unusual = t;
      beginning.add(value);
      const first = t - width + 1;
      if (first < 0 || missing >= first) continue;
      if (unusual >= first) out[t] = fallsOneByOne(source, first, t + 1);
      else if (first === start) out[t] = beginning.falls;
      else {
        const place = first - start + width;
        out[t] = ending.falls[place] + beginning.fallsBelow(ending.highest[place]);
      }
    }
    if (next < length) ending.read(source, start);
  }
  return out;
}

function fallsOneByOne(source: Float64Array, start: number, end: number): number {
  let highest = source[start];
  let squares = 0;
  for (let t = start; t < end; t += 1) {
    if (source[t] > highest) highest = source[t];
    const lost = (source[t] - highest) / highest;
    squares += lost * lost;
  }
  return squares;
}

/** The squared falls of so many bars, of which the mean and the squared distances from it are known, from a value that none is above. */
function fallsOf(count: number, mean: number, squares: number, value: number): number {
  const apart = mean - value;
  return (squares + count * apart * apart) / (value * value);
}

/** The last bars of a block, by the first of them: their falls, and the highest of them. */
class Ending {
  readonly falls: Float64Array;
  readonly highest: Float64Array;
  private readonly width: number;
  /** Of bars that no later one of the block is above, the nearest last: the place, and the mean and squares of it and the lower ones behind it. */
  private readonly places: Int32Array;
  private readonly means: Float64Array;
  private readonly squares: Float64Array;

  constructor(width: number) {
    this.width = width;
    [this.falls, this.highest, this.means, this.squares] = [0, 1, 2, 3].map(() => new Float64Array(width));
    this.places = new Int32Array(width);
  }

  read(source: Float64Array, start: number): void {
    const { width, falls, highest, places, means, squares } = this;
    let known = 0;
    for (let place = width - 1; place >= 0; place -= 1) {
      const value = source[start + place];
      let count = 1;
      let mean = value;
      let sum = 0;
      while (known > 0 && source[start + places[known - 1]] <= value) {
        known -= 1;
        const more = (known > 0 ? places[known - 1] : width) - places[known];
        const apart = means[known] - mean;
        mean += (apart * more) / (count + more);
        sum += squares[known] + (apart * apart * count * more) / (count + more);
        count += more;
      }
      const isHighest = known === 0;
      falls[place] = fallsOf(count, mean, sum, value) + (isHighest ? 0 : falls[places[known - 1]]);
      highest[place] = isHighest ? value : highest[places[known - 1]];
      places[known] = place;
      means[known] = mean;
      squares[known] = sum;
      known += 1;
    }
  }
}

/** The first bars of a block, as they come. */
class Beginning {
  private readonly means: Float64Array;
  private readonly squares: Float64Array;
  private readonly sums: Float64Array;
  /** Places of bars above all before them, and their values. */
  private readonly recordPlaces: Int32Array;
  private readonly records: Float64Array;
  private count = 0;
  private recordCount = 0;

  constructor(width: number) {
    [this.means, this.squares, this.sums] = [0, 1, 2].map(() => new Float64Array(width + 1));
    this.recordPlaces = new Int32Array(width);
    this.records = new Float64Array(width);
  }

  clear(): void {
    this.count = 0;
    this.recordCount = 0;
  }

  add(value: number): void {
    const { count, means, squares, sums } = this;
    if (count === 0 || value > this.records[this.recordCount - 1]) {
      this.recordPlaces[this.recordCount] = count;
      this.records[this.recordCount] = value;
      this.recordCount += 1;
    }
    const apart = value - means[count];
    means[count + 1] = means[count] + apart / (count + 1);
    squares[count + 1] = squares[count] + apart * (value - means[count + 1]);
    const highest = this.records[this.recordCount - 1];
    const lost = (value - highest) / highest;
    sums[count + 1] = sums[count] + lost * lost;
    this.count += 1;
  }

  /** The falls of all of it alone. */
  get falls(): number {
    return this.sums[this.count];
  }

  /** Its falls behind bars of which the highest is `highest`. */
  fallsBelow(highest: number): number {
    let [low, high] = [0, this.recordCount];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.records[middle] > highest) high = middle;
      else low = middle + 1;
    }
    const below = low === this.recordCount ? this.count : this.recordPlaces[low];
    const fell = below === 0 ? 0 : fallsOf(below, this.means[below], this.squares[below], highest);
    return fell + this.sums[this.count] - this.sums[below];
  }
}
