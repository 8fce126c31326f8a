import type { Kernel } from '../kernel.ts';
import { smooth } from '../smooth.ts';

/** The kernel of `rsi`. */
export const rsi: Kernel = ({ length, series, scalar }) => {
  const source = series(0);
  const gains = new Float64Array(length).fill(NaN);
  const losses = new Float64Array(length).fill(NaN);
  for (let t = 1; t < length; t += 1) {
    const change = source[t] - source[t - 1];
    gains[t] = change < 0 ? 0 : change;
    losses[t] = change < 0 ? -change : change - change;
  }
  const [up, down] = [smooth(gains, scalar(1), 1 / scalar(1)), smooth(losses, scalar(1), 1 / scalar(1))];
  for (let t = 0; t < length; t += 1) {
    const moved = up[t] + down[t];
    up[t] = moved === 0 ? 50 : (100 * up[t]) / moved;
  }
  return up;
};
