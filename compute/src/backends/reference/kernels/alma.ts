import type { Kernel } from '../kernel.ts';
import { exp } from '../../elementary.ts';
import { overWindows } from '../windows.ts';

/** The kernel of `alma`. */
export const alma: Kernel = (inputs) => {
  const source = inputs.series(0);
  const width = inputs.scalar(1);
  const peak = inputs.scalar(2) * (width - 1);
  const spread = width / inputs.scalar(3);
  const weights = Float64Array.from({ length: width }, (_, index) =>
    exp(-((index - peak) * (index - peak)) / (2 * spread * spread)),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return overWindows(inputs, source, width, (start) => {
    let weighted = 0;
    for (let index = 0; index < width; index += 1) weighted += weights[index] * source[start + index];
    return weighted / total;
  });
};
