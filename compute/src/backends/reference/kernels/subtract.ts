import type { Kernel } from '../kernel.ts';
import { mapPair } from '../kernel.ts';

/** The kernel of `subtract`. */
export const subtract: Kernel = mapPair((a, b) => a - b);
