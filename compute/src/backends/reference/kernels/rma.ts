import type { Kernel } from '../kernel.ts';
import { smooth } from '../smooth.ts';

/** The kernel of `rma`. */
export const rma: Kernel = ({ series, scalar }) => smooth(series(0), scalar(1), 1 / scalar(1));
