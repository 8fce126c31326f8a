import type { Kernel } from '../kernel.ts';
import { power as raise } from '../../elementary.ts';
import { mapPair } from '../kernel.ts';

/** The kernel of `power`. */
export const power: Kernel = mapPair(raise);
