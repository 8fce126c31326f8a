import type { Kernel } from '../kernel.ts';
import { extreme } from '../windows.ts';

/** The kernel of `lowest`. */
export const lowest: Kernel = extreme(-1, 'value');
