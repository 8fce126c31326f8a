import type { Kernel } from '../kernel.ts';
import { truthPair } from '../kernel.ts';

/** The kernel of `greater`. */
export const greater: Kernel = truthPair((a, b) => a > b);
