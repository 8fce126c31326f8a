import type { Kernel } from '../kernel.ts';
import { rollingSum } from '../windows.ts';

/** The kernel of `sum`. */
export const sum: Kernel = ({ series, scalar }) => rollingSum(series(0), scalar(1), 1);
