import type { Kernel } from '../kernel.ts';
import { rollingSum } from '../windows.ts';

/** The kernel of `sma`. */
export const sma: Kernel = ({ series, scalar }) => rollingSum(series(0), scalar(1), scalar(1));
