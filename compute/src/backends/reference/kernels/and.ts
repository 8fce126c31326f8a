import type { Kernel } from '../kernel.ts';
import { truthPair } from '../kernel.ts';

/** The kernel of `and`. */
export const and: Kernel = truthPair((a, b) => a !== 0 && b !== 0);
