/**
 * Whether a file begins with the newest: more of its rows are before the row above them than after it. Files
 * that were put together of several are read the way that most of them go.
 */
export function isNewestFirst(timesMs: readonly number[]): boolean {
  let steps = 0;
  for (let at = 1; at < timesMs.length; at += 1) steps += Math.sign(timesMs[at] - timesMs[at - 1]);
  return steps < 0;
}
