import type { Kernel } from '../kernel.ts';
import { extreme } from '../windows.ts';

/** The kernel of `bars_since_lowest`. */
export const barsSinceLowest: Kernel = extreme(-1, 'barsSince');
