import type { Statistic } from '../service/contract.ts';
import { withEnough } from './statistic.ts';

/** Ulcer index (Martin): the root mean square of the drawdown series, as a positive fraction. */
export function ulcerIndex(drawdown: Float64Array): Statistic {
  return withEnough(drawdown.length, 1, 'levels', () => {
    let squares = 0;
    for (const value of drawdown) squares += value * value;
    return { value: Math.sqrt(squares / drawdown.length) };
  });
}
