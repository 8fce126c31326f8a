import type { Kernel } from '../kernel.ts';
import { mapPair } from '../kernel.ts';

/** The kernel of `divide`. */
export const divide: Kernel = mapPair((a, b) => (b === 0 ? NaN : a / b));
