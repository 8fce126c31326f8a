import type { Kernel } from '../kernel.ts';
import { truthPair } from '../kernel.ts';

/** The kernel of `not_equal`. */
export const notEqual: Kernel = truthPair((a, b) => a < b || a > b);
