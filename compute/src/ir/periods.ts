import type { BarColumns } from '../service/contract.ts';

/** A higher timeframe: weeks from Monday, months and so many days or hours counted from 1970, all in UTC. */
export interface Period {
  readonly unit: 'week' | 'month' | 'day' | 'hour';
  /** How many units; 1 for weeks and months. */
  readonly count: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The first Monday of 1970 began so long after, and 1970 on a Thursday. */
const MONDAY_MS = 4 * DAY_MS;

/** The end of the period that a bar closing at `timeMs` belongs to: at or after it. */
export function periodEndMs({ unit, count }: Period, timeMs: number): number {
  if (unit === 'month') {
    const last = new Date(timeMs - 1);
    return Date.UTC(last.getUTCFullYear(), last.getUTCMonth() + 1, 1);
  }
  const lengthMs = count * (unit === 'week' ? 7 * DAY_MS : unit === 'day' ? DAY_MS : HOUR_MS);
  const startMs = unit === 'week' ? MONDAY_MS : 0;
  return startMs + Math.ceil((timeMs - startMs) / lengthMs) * lengthMs;
}

const aggregated = new WeakMap<BarColumns, Map<string, BarColumns>>();

/**
 * The bars of a period joined into one each, stamped at the end of the period: whoever reads only what is
 * stamped at or before a time sees no bar that was unfinished then. A period without bars has none.
 */
export function aggregateBars(bars: BarColumns, period: Period): BarColumns {
  const known = aggregated.get(bars) ?? new Map<string, BarColumns>();
  aggregated.set(bars, known);
  const key = `${period.count} ${period.unit}`;
  const joined = known.get(key) ?? joinBars(bars, period);
  known.set(key, joined);
  return joined;
}

function joinBars(bars: BarColumns, period: Period): BarColumns {
  const rows: { timeMs: number; open: number; high: number; low: number; close: number; volume: number }[] =
    [];
  for (let t = 0; t < bars.timesMs.length; t += 1) {
    const timeMs = periodEndMs(period, bars.timesMs[t]);
    const [open, high, low, close, volume] = [
      bars.open[t],
      bars.high[t],
      bars.low[t],
      bars.close[t],
      bars.volume[t],
    ];
    const last = rows.at(-1);
    if (last?.timeMs === timeMs) {
      last.high = Math.max(last.high, high);
      last.low = Math.min(last.low, low);
      last.close = close;
      last.volume += volume;
    } else rows.push({ timeMs, open, high, low, close, volume });
  }
  return {
    timesMs: Float64Array.from(rows, (row) => row.timeMs),
    open: Float64Array.from(rows, (row) => row.open),
    high: Float64Array.from(rows, (row) => row.high),
    low: Float64Array.from(rows, (row) => row.low),
    close: Float64Array.from(rows, (row) => row.close),
    volume: Float64Array.from(rows, (row) => row.volume),
  };
}
