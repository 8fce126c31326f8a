import type { Kernel } from '../kernel.ts';

/** The kernel of `after`. */
export const after: Kernel = ({ series, scalar }) => series(0).slice().fill(NaN, 0, scalar(1));
