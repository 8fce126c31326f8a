import type { Kernel } from '../kernel.ts';
import { mapPair } from '../kernel.ts';

/** The kernel of `min`. */
export const min: Kernel = mapPair((a, b) => (b < a ? b : a));
