import type { Kernel } from '../kernel.ts';
import { positionsIn, windowMoments } from '../moments.ts';

/** The kernel of `slope`. */
export const slope: Kernel = ({ series, scalar }) => {
  const [source, width] = [series(0), scalar(1)];
  const squares = (width * (width * width - 1)) / 12;
  const { together } = windowMoments(positionsIn(source), source, width);
  return together.map((above) => (squares === 0 ? NaN : above / squares));
};
