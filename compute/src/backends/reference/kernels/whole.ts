import type { Kernel } from '../kernel.ts';
import { mapSeries } from '../kernel.ts';

/** The kernel of `whole`. */
export const whole: Kernel = mapSeries(Math.trunc);
