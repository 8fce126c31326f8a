import type { Kernel } from '../kernel.ts';
import { smooth } from '../smooth.ts';

/** The kernel of `ema`. */
export const ema: Kernel = ({ series, scalar }) => smooth(series(0), scalar(1), 2 / (scalar(1) + 1));
