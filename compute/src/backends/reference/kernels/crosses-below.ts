import type { Kernel } from '../kernel.ts';
import { crossing } from '../crossing.ts';

/** The kernel of `crosses_below`. */
export const crossesBelow: Kernel = ({ series }) => crossing(series(1), series(0));
