import type { Kernel } from '../kernel.ts';
import { crossing } from '../crossing.ts';

/** The kernel of `crosses_above`. */
export const crossesAbove: Kernel = ({ series }) => crossing(series(0), series(1));
