import { barAt } from './labels.ts';

/** The bars of a usual length of time up to the newest one. */
export interface ChartRange {
  readonly text: string;
  /** The first of them. */
  readonly from: number;
}

const DAY_MS = 86_400_000;
const LENGTHS = [
  ['1D', 1],
  ['5D', 5],
  ['1M', 30.5],
  ['3M', 91.5],
  ['6M', 183],
  ['1Y', 365.25],
  ['3Y', 1_096],
  ['5Y', 1_826.25],
] as const;
const BARS_LEAST = 10;
/** More take seconds to draw, and stand closer than pixels. */
const BARS_MOST = 20_000;

/** The usual lengths of time that are shorter than all bars and have enough of them to look at, and all bars. */
export function rangesOf(times: ArrayLike<number>): ChartRange[] {
  const count = times.length;
  const startMs = (days: number) => times[count - 1] - days * DAY_MS;
  const ranges = LENGTHS.filter(([, days]) => startMs(days) > times[0])
    .map(([text, days]) => ({ text, from: barAt(times, startMs(days) + 1_000) }))
    .filter(({ from }) => count - from >= BARS_LEAST && count - from <= BARS_MOST);
  return count >= BARS_LEAST && count <= BARS_MOST ? [...ranges, { text: 'All', from: 0 }] : ranges;
}
