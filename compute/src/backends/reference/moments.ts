/** For every window of some bars, at its last one: the mean of a second series, and the sum of the crossed distances of both from their means. */
export interface WindowMoments {
  readonly meansB: Float64Array;
  readonly together: Float64Array;
}

/**
 * Moments of all windows, each the sum of two parts that meet where a multiple of the width begins: both grow by one bar at a time, and
 * nothing is ever subtracted, so that no digits are lost, whatever came before a window. NaN where a window is not whole or holds a NaN.
 */
export function windowMoments(a: Float64Array, b: Float64Array, width: number): WindowMoments {
  const { length } = a;
  const meansB = new Float64Array(length).fill(NaN);
  const together = new Float64Array(length).fill(NaN);
  if (width > length) return { meansB, together };
  const parts = Float64Array.from({ length: width + 1 }, (_, count) => 1 / count);
  // Of the block before, which the first has not: element i is of its bars from i on.
  const [olderA, olderB, olderTogether] = [0, 1, 2].map(() => new Float64Array(width + 1).fill(NaN));
  // Plain assignments, as this is run for every row of a sweep and engines make arrays of destructured ones.
  for (let start = 0; start < length; start += width) {
    const end = Math.min(length, start + width);
    let meanA = 0;
    let meanB = 0;
    let sum = 0;
    for (let t = start; t < end; t += 1) {
      const count = t - start + 1;
      const distanceA = a[t] - meanA;
      meanA += distanceA * parts[count];
      meanB += (b[t] - meanB) * parts[count];
      sum += distanceA * (b[t] - meanB);
      const apartA = meanA - olderA[count];
      const apartB = meanB - olderB[count];
      meansB[t] = olderB[count] + apartB * count * parts[width];
      together[t] = olderTogether[count] + sum + apartA * apartB * count * (width - count) * parts[width];
    }
    if (end - start < width) break;
    // The last window of a block is that block.
    meansB[end - 1] = meanB;
    together[end - 1] = sum;
    meanA = 0;
    meanB = 0;
    sum = 0;
    for (let t = end - 1; t >= start; t -= 1) {
      const distanceA = a[t] - meanA;
      meanA += distanceA * parts[end - t];
      meanB += (b[t] - meanB) * parts[end - t];
      sum += distanceA * (b[t] - meanB);
      olderA[t - start] = meanA;
      olderB[t - start] = meanB;
      olderTogether[t - start] = sum;
    }
  }
  return { meansB, together };
}

/** The number of each bar of a series. */
export function positionsIn(series: Float64Array): Float64Array {
  const positions = new Float64Array(series.length);
  for (let t = 0; t < series.length; t += 1) positions[t] = t;
  return positions;
}
