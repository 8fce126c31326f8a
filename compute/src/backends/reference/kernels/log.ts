import type { Kernel } from '../kernel.ts';
import { log as logarithm } from '../../elementary.ts';
import { mapSeries } from '../kernel.ts';

/** The kernel of `log`. */
export const log: Kernel = mapSeries(logarithm);
