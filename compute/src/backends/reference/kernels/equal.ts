import type { Kernel } from '../kernel.ts';
import { truthPair } from '../kernel.ts';

/** The kernel of `equal`. */
export const equal: Kernel = truthPair((a, b) => a === b);
