import type { LineData, UTCTimestamp, WhitespaceData } from 'lightweight-charts';

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
