import type { Kernel } from '../kernel.ts';
import { mapSeries } from '../kernel.ts';

/** The kernel of `log`. */
export const log: Kernel = mapSeries((a) => (a > 0 ? Math.log(a) : NaN));
