const DAYS = 4_000;

/** The 200 sets of a sweep, which is done in a quarter of a second of processor time or so. */
export const FAST = { from: 2, to: 21 };
export const SLOW = { from: 50, to: 59 };
/** Interest keeps a sweep on the reference, so that it is work. */
export const CASH_RATE = 0.01;

/** Daily closes of the instrument that is traded. */
export function closes(): number[] {
  return Array.from({ length: DAYS }, (_, day) => 100 + 30 * Math.sin(day / 20) + 9 * Math.sin(day / 3));
}
