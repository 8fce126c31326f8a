import type { Kernel } from '../kernel.ts';
import { truthPair } from '../kernel.ts';

/** The kernel of `less_equal`. */
export const lessEqual: Kernel = truthPair((a, b) => a <= b);
