import type { LineData, UTCTimestamp, WhitespaceData } from 'lightweight-charts';

const DAY_MS = 86_400_000;

/** Whether times are more than three a day on the average, as closes of instruments that end at other times of one day are not: each then needs its time of day. */
export function needTimesOfDay(timesMs: ArrayLike<number>): boolean {
  const last = timesMs.length - 1;
  return last > 0 && last * DAY_MS > 3 * (timesMs[last] - timesMs[0]);
}

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
