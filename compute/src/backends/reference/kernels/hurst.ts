import { log } from '../../elementary.ts';
import type { Kernel } from '../kernel.ts';
import { meanOf, overWindows } from '../windows.ts';

const PARTS_MAXIMUM = 32;
const PART_BARS_MINIMUM = 8;

/** The window cut in one way: `ranges` has at each bar the rescaled range of the part that ends there. */
interface Cut {
  readonly parts: number;
  readonly size: number;
  readonly ranges: Float64Array;
}

/** The kernel of `hurst`. Windows beside each other have their parts in common, each of which is measured once. */
export const hurst: Kernel = (inputs) => {
  const source = inputs.series(0);
  const width = inputs.scalar(1);
  const returns = source.map((value, t) => (t === 0 ? NaN : log(value / source[t - 1])));
  const cuts: Cut[] = [];
  for (let parts = 1; parts <= PARTS_MAXIMUM; parts *= 2) {
    const size = Math.floor(width / parts);
    if (size < PART_BARS_MINIMUM) break;
    const ranges = overWindows(inputs, returns, size, (start, end) => rescaledRange(returns, start, end));
    cuts.push({ parts, size, ranges });
  }
  const sizes = cuts.map(({ size }) => log(size));
  return overWindows(inputs, returns, width, (_start, end) =>
    slopeOf(
      sizes,
      cuts.map((cut) => log(meanRange(cut, end))),
    ),
  );
};

/** The mean rescaled range of the parts of the window that ends before bar `end`; the newest bars count where it does not divide evenly. */
function meanRange({ parts, size, ranges }: Cut, end: number): number {
  let total = 0;
  for (let part = 0; part < parts; part += 1) total += ranges[end - part * size - 1];
  return total / parts;
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
