import { lastMoments } from './calendar.ts';
import { sessionEndMs, type TradingCalendar } from './trading-calendar.ts';

/** How long an order waits: so many bars, until it fills or is withdrawn, the session it begins in, or through a date. */
export type TimeInForce =
  | { readonly kind: 'bars'; readonly bars: number }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'day' }
  /** The date in days from 1970. */
  | { readonly kind: 'until'; readonly day: number };

const DAY_MS = 86_400_000;

/** For each bar the last one that an order decided on it waits in; dates and sessions are those of the calendar. */
export function lastBarsOf(force: TimeInForce, timesMs: Float64Array, calendar: TradingCalendar): Int32Array {
  const { length } = timesMs;
  if (force.kind === 'bars') return Int32Array.from({ length }, (_, t) => t + force.bars);
  if (force.kind === 'cancelled') return new Int32Array(length).fill(length);
  const local = lastMoments(timesMs, calendar.zone);
  const before = (endMs: number) => local.findLastIndex((localMs) => localMs < endMs);
  if (force.kind === 'until') return new Int32Array(length).fill(before((force.day + 1) * DAY_MS));
  const out = new Int32Array(length).fill(length);
  for (let t = 0, last = 0; t + 1 < length; t += 1) {
    const endMs = sessionEndMs(calendar, local[t + 1]);
    while (last + 1 < length && local[last + 1] < endMs) last += 1;
    out[t] = last;
  }
  return out;
}
