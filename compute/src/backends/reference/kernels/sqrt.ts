import type { Kernel } from '../kernel.ts';
import { mapSeries } from '../kernel.ts';

/** The kernel of `sqrt`. */
export const sqrt: Kernel = mapSeries(Math.sqrt);
