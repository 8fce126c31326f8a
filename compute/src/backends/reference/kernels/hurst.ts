import { log } from '../../elementary.ts';
import type { Kernel } from '../kernel.ts';
import { meanOf, overWindows } from '../windows.ts';

const PARTS_MAXIMUM = 32;
const PART_BARS_MINIMUM = 8;

/** The kernel of `hurst`. */
export const hurst: Kernel = (inputs) => {
  const source = inputs.series(0);
  const width = inputs.scalar(1);
  const returns = source.map((value, t) => (t === 0 ? NaN : log(value / source[t - 1])));
  return overWindows(inputs, returns, width, (start, end) => hurstExponent(returns, start, end));
};

/** The slope of log(rescaled range) over log(size), the window cut into 1, 2, 4 ... 32 parts of at least 8 bars; the newest count. */
function hurstExponent(returns: Float64Array, start: number, end: number): number {
  const sizes: number[] = [];
  const ranges: number[] = [];
  for (let parts = 1; parts <= PARTS_MAXIMUM; parts *= 2) {
    const size = Math.floor((end - start) / parts);
    if (size < PART_BARS_MINIMUM) break;
    let total = 0;
    for (let part = 0; part < parts; part += 1) {
      total += rescaledRange(returns, end - (part + 1) * size, end - part * size);
    }
    sizes.push(log(size));
    ranges.push(log(total / parts));
  }
  return slopeOf(sizes, ranges);
}

/** The range of the summed distances from the mean over the standard deviation; 0 where nothing varies. */
function rescaledRange(values: Float64Array, start: number, end: number): number {
  const mean = meanOf(values, start, end);
  let [sum, least, most, squares] = [0, Infinity, -Infinity, 0];
  for (let t = start; t < end; t += 1) {
    const distance = values[t] - mean;
    sum += distance;
    if (sum < least) least = sum;
    if (sum > most) most = sum;
    squares += distance * distance;
  }
  return squares === 0 ? 0 : (most - least) / Math.sqrt(squares / (end - start));
}

function slopeOf(x: readonly number[], y: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(x), mean(y)];
  let [together, squares] = [0, 0];
  x.forEach((value, index) => {
    together += (value - meanX) * (y[index] - meanY);
    squares += (value - meanX) * (value - meanX);
  });
  return squares === 0 ? NaN : together / squares;
}
