import type { Kernel } from '../kernel.ts';
import { mapSeries } from '../kernel.ts';

/** The kernel of `not`. */
export const not: Kernel = mapSeries((a) => (a === 0 ? 1 : 0));
