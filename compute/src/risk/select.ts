/** Numbers in either precision. */
export type Numbers = Float64Array | Float32Array;

const SAMPLE_SIZE = 4_096;

/** The `count` smallest values in ascending order, by selection: only they are sorted. What is not a number comes last. */
export function smallest(values: Numbers, count: number): Float64Array {
  // A sample tells below what the tail most likely lies; where it misjudges, all values are looked through.
  const tail = atMost(values, likelyBound(values, count));
  const kept = tail.length >= count ? tail : atMost(values, Infinity);
  if (count < kept.length) partition(kept, count - 1, kept.length - 1);
  const out = new Float64Array(Math.min(count, values.length)).fill(NaN);
  out.set(kept.subarray(0, count));
  return out.sort();
}

/** A value that somewhat more than `count` of the values are likely to be below. */
function likelyBound(values: Numbers, count: number): number {
  if (values.length < 2 * SAMPLE_SIZE) return Infinity;
  const step = values.length / SAMPLE_SIZE;
  const sample = Float64Array.from({ length: SAMPLE_SIZE }, (_, index) => values[Math.floor(index * step)]);
  const place = Math.ceil((1.25 * SAMPLE_SIZE * count) / values.length) + 32;
  return place < SAMPLE_SIZE ? sample.sort()[place] : Infinity;
}

function atMost(values: Numbers, bound: number): Float64Array {
  let kept = new Float64Array(1_024);
  let length = 0;
  for (let index = 0; index < values.length; index += 1) {
    if (!(values[index] <= bound)) continue;
    if (length === kept.length) {
      const larger = new Float64Array(2 * length);
      larger.set(kept);
      kept = larger;
    }
    kept[length] = values[index];
    length += 1;
  }
  return kept.subarray(0, length);
}

/** Hoare's selection: afterwards nothing up to place `wanted` is greater than anything after it. */
function partition(values: Float64Array, wanted: number, end: number): void {
  let [left, right] = [0, end];
  while (left < right) {
    const pivot = middleOf(values[left], values[(left + right) >>> 1], values[right]);
    let [low, high] = [left, right];
    while (low <= high) {
      while (values[low] < pivot) low += 1;
      while (values[high] > pivot) high -= 1;
      if (low > high) break;
      const held = values[low];
      values[low] = values[high];
      values[high] = held;
      low += 1;
      high -= 1;
    }
    if (wanted <= high) right = high;
    else if (wanted >= low) left = low;
    else return;
  }
}

function middleOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

/** The quantile by linear interpolation between order statistics (NumPy's default); `select` gives the smallest values. */
export function quantile(values: Numbers, probability: number, select: typeof smallest = smallest): number {
  const place = (values.length - 1) * probability;
  const below = Math.floor(place);
  const above = Math.min(below + 1, values.length - 1);
  const tail = select(values, above + 1);
  return tail[below] + (place - below) * (tail[above] - tail[below]);
}
