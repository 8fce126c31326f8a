/** Counts values in bins of equal width between the least and the greatest, the last bin closed on both sides. */
export function histogram(
  values: Float64Array,
  binCount: number,
): { edges: Float64Array; counts: Float64Array } {
  if (values.length === 0) return { edges: new Float64Array(0), counts: new Float64Array(0) };
  let [least, greatest] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  const width = (greatest - least) / binCount || 1;
  const edges = Float64Array.from({ length: binCount + 1 }, (_, index) => least + width * index);
  const counts = new Float64Array(binCount);
  for (const value of values) counts[Math.min(binCount - 1, Math.floor((value - least) / width))] += 1;
  return { edges, counts };
}
