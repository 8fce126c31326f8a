import type { Kernel } from '../kernel.ts';
import { extreme } from '../windows.ts';

/** The kernel of `highest`. */
export const highest: Kernel = extreme(1, 'value');
