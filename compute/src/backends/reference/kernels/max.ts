import type { Kernel } from '../kernel.ts';
import { mapPair } from '../kernel.ts';

/** The kernel of `max`. */
export const max: Kernel = mapPair((a, b) => (a < b ? b : a));
