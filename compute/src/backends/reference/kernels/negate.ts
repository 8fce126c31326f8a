import type { Kernel } from '../kernel.ts';
import { mapSeries } from '../kernel.ts';

/** The kernel of `negate`. */
export const negate: Kernel = mapSeries((a) => -a);
