import type { Kernel } from '../kernel.ts';
import { mapSeries } from '../kernel.ts';

/** The kernel of `abs`. */
export const abs: Kernel = mapSeries((a) => (a < 0 ? -a : a));
