import type { Kernel } from '../kernel.ts';
import { windowMoments } from '../moments.ts';

/**
 * The kernel of `mean_deviation`: bars times width, as every mean has other distances, but four of them are added at once, and the
 * mean of a window of one value is that value.
 */
export const meanDeviation: Kernel = ({ length, series, scalar }) => {
  const [source, width] = [series(0), scalar(1)];
  const { meansB } = windowMoments(source, source, width);
  for (let t = 0; t < length; t += 1) {
    const mean = meansB[t];
    meansB[t] = Number.isNaN(mean) ? NaN : distancesFrom(mean, source, t - width + 1, t + 1) / width;
  }
  return meansB;
};

/** The sum of the distances of source[start] to source[end - 1] from a value, as four sums that are added side by side. */
function distancesFrom(value: number, source: Float64Array, start: number, end: number): number {
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  let t = start;
  for (; t + 3 < end; t += 4) {
    first += Math.abs(source[t] - value);
    second += Math.abs(source[t + 1] - value);
    third += Math.abs(source[t + 2] - value);
    fourth += Math.abs(source[t + 3] - value);
  }
  for (; t < end; t += 1) first += Math.abs(source[t] - value);
  return first + second + (third + fourth);
}
