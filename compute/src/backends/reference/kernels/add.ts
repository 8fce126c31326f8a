import type { Kernel } from '../kernel.ts';
import { mapPair } from '../kernel.ts';

/** The kernel of `add`. */
export const add: Kernel = mapPair((a, b) => a + b);
