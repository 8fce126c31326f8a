import type { Kernel } from '../kernel.ts';
import { truthPair } from '../kernel.ts';

/** The kernel of `or`. */
export const or: Kernel = truthPair((a, b) => a !== 0 || b !== 0);
