import type { AutoscaleInfo, LineData, UTCTimestamp, WhitespaceData } from 'lightweight-charts';

/**
 * Columns as points of a line, from a place on; NaN is a gap. Times that round to one second keep the last value.
 * Where dates alone are shown of closes, each is a second earlier: one at midnight is of the day before.
 */
export function linePoints(
  timesMs: ArrayLike<number>,
  values: ArrayLike<number>,
  from = 0,
  areDatesOfCloses = false,
): (LineData | WhitespaceData)[] {
  const points: (LineData | WhitespaceData)[] = [];
  for (let t = from; t < timesMs.length; t += 1) {
    const time = (Math.floor(timesMs[t] / 1000) - (areDatesOfCloses ? 1 : 0)) as UTCTimestamp;
    const point = Number.isFinite(values[t]) ? { time, value: values[t] } : { time };
    if (points.length > 0 && points[points.length - 1].time === time) points[points.length - 1] = point;
    else points.push(point);
  }
  return points;
}

/** The last place whose time is not after one, in whole seconds; the first where there is none. */
export function placeAt(timesMs: ArrayLike<number>, timeMs: number): number {
  const seconds = (ms: number) => Math.floor(ms / 1000);
  let [low, high] = [0, timesMs.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (seconds(timesMs[middle]) <= seconds(timeMs)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The scale of what falls from 0 and never rises above it. */
export function fallScale(scale: AutoscaleInfo | null): AutoscaleInfo | null {
  if (!scale?.priceRange) return scale;
  return { ...scale, priceRange: { minValue: Math.min(-0.001, scale.priceRange.minValue), maxValue: 0 } };
}
