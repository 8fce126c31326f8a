import type { Kernel } from '../kernel.ts';
import { crossing } from '../crossing.ts';

/** The kernel of `crosses_below`. */
export const crossesBelow: Kernel = crossing((beforeA, beforeB, a, b) => beforeA >= beforeB && a < b);
