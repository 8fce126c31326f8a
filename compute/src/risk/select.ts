/** The `count` smallest values in ascending order, by selection: only they are sorted. What is not a number comes last. */
export function smallest(values: Float64Array, count: number): Float64Array {
  const kept = new Float64Array(values.length);
  let length = 0;
  for (const value of values) if (!Number.isNaN(value)) kept[length++] = value;
  kept.fill(NaN, length);
  const last = count - 1;
  if (last < length - 1) partition(kept, last, length - 1);
  return kept.subarray(0, count).sort();
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

/** The quantile by linear interpolation between order statistics (NumPy's default). */
export function quantile(values: Float64Array, probability: number): number {
  const place = (values.length - 1) * probability;
  const below = Math.floor(place);
  const above = Math.min(below + 1, values.length - 1);
  const tail = smallest(values, above + 1);
  return tail[below] + (place - below) * (tail[above] - tail[below]);
}
