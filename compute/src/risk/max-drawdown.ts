import type { Statistic } from '../service/contract.ts';
import { withEnough } from './statistic.ts';

/** The deepest fall from a running peak, as a positive fraction of the peak; 0 where the level never fell. */
export function maxDrawdown(drawdown: Float64Array): Statistic {
  return withEnough(drawdown.length, 1, 'levels', () => {
    let deepest = 0;
    for (const value of drawdown) if (value < deepest) deepest = value;
    return { value: Math.abs(deepest) };
  });
}
