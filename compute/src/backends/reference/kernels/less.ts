import type { Kernel } from '../kernel.ts';
import { truthPair } from '../kernel.ts';

/** The kernel of `less`. */
export const less: Kernel = truthPair((a, b) => a < b);
