import type { Statistic } from '../service/contract.ts';

/** A value where it is finite, otherwise undefined for the reason given. */
export function statistic(value: number, reasonIfUndefined: string): Statistic {
  return Number.isFinite(value) ? { value } : { value: null, reason: reasonIfUndefined };
}

/** What stands for every measure of levels that are not all numbers: none of them is guessed from the rest. */
export const NOT_NUMBERS: Statistic = { value: null, reason: 'the levels hold values that are not numbers' };

/** The value of `compute` where there are `required` observations or more, otherwise the reason in words. */
export function withEnough(
  available: number,
  required: number,
  what: string,
  compute: () => Statistic,
): Statistic {
  if (available >= required) return compute();
  return { value: null, reason: `expected at least ${required} ${what}, was ${available}` };
}
