import type { DrawdownEpisode } from '../service/contract.ts';

/** Every fall from a peak until the peak is reached again, the deepest `count` first; the last may not have recovered. */
export function drawdownEpisodes(
  levels: Float64Array,
  timesMs: Float64Array,
  count: number,
): DrawdownEpisode[] {
  const episodes: DrawdownEpisode[] = [];
  let [peak, trough] = [0, 0];
  const close = (recovery: number | null) => {
    if (trough === peak) return;
    episodes.push({
      peakMs: timesMs[peak],
      troughMs: timesMs[trough],
      recoveryMs: recovery === null ? null : timesMs[recovery],
      depth: 1 - levels[trough] / levels[peak],
      barsToTrough: trough - peak,
      barsToRecovery: recovery === null ? null : recovery - trough,
    });
  };
  for (let t = 1; t < levels.length; t += 1) {
    if (levels[t] >= levels[peak]) {
      close(t);
      [peak, trough] = [t, t];
    } else if (levels[t] < levels[trough] || trough === peak) trough = t;
  }
  close(null);
  return episodes.toSorted((a, b) => b.depth - a.depth || a.peakMs - b.peakMs).slice(0, count);
}
