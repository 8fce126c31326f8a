const DAYS = 4_000;

/** The 4,000 sets of a sweep, which takes a second or two of processor time, as a trader's does. */
export const FAST = { from: 2, to: 21 };
export const SLOW = { from: 50, to: 249 };
/** Interest keeps a sweep on the reference, so that it is work. */
export const CASH_RATE = 0.01;

/** Daily closes of the instrument that is traded. */
export function closes(): number[] {
  return Array.from({ length: DAYS }, (_, day) => 100 + 30 * Math.sin(day / 20) + 9 * Math.sin(day / 3));
}
