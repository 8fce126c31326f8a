import type { Kernel } from '../kernel.ts';
import { exp as exponential } from '../../elementary.ts';
import { mapSeries } from '../kernel.ts';

/** The kernel of `exp`. */
export const exp: Kernel = mapSeries(exponential);
