import type { Kernel } from '../kernel.ts';
import { mapPair } from '../kernel.ts';

/** The kernel of `multiply`. */
export const multiply: Kernel = mapPair((a, b) => a * b);
