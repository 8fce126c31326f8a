import type { Kernel } from '../kernel.ts';
import { truthPair } from '../kernel.ts';

/** The kernel of `greater_equal`. */
export const greaterEqual: Kernel = truthPair((a, b) => a >= b);
