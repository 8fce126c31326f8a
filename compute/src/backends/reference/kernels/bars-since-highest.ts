import type { Kernel } from '../kernel.ts';
import { extreme } from '../windows.ts';

/** The kernel of `bars_since_highest`. */
export const barsSinceHighest: Kernel = extreme(1, 'barsSince');
