import { tradingCalendar } from './trading-calendar.ts';

/**
 * A question about the time of a bar, in a time zone. A bar that closes at midnight belongs to the day before. The bar of a whole
 * day has its date in UTC whatever the zone, and lies in every session of it.
 */
export type CalendarQuestion =
  | {
      readonly kind: 'day_of_week' | 'day_of_month' | 'month' | 'bar_of_session';
      readonly zone: string;
    }
  | {
      readonly kind: 'session';
      readonly zone: string;
      /** Minutes from midnight; a session that ends at or before its start goes on over midnight. */
      readonly fromMinute: number;
      readonly toMinute: number;
    }
  /** Whether the exchange trades then. */
  | { readonly kind: 'trading_hours'; readonly calendar: string };

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;
/** Zones change their offset at whole quarters of an hour. */
const OFFSET_STEP_MS = 15 * MINUTE_MS;

/** Whether there is a time zone of this name. */
export function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** The answer for each bar, from its close: Monday is 1, a truth 0 or 1, the first bar of a day 1. */
export function answerCalendar(question: CalendarQuestion, timesMs: Float64Array): Float64Array {
  if (question.kind === 'trading_hours') return tradesAt(question.calendar, timesMs);
  const local = lastMoments(timesMs, question.zone);
  const isWholeDay = wholeDays(timesMs);
  const out = new Float64Array(timesMs.length);
  let [day, barOfDay] = [NaN, 0];
  for (let t = 0; t < timesMs.length; t += 1) {
    const localMs = local[t];
    const today = Math.floor(localMs / DAY_MS);
    barOfDay = today === day ? barOfDay + 1 : 1;
    day = today;
    if (question.kind === 'bar_of_session') out[t] = barOfDay;
    else if (question.kind === 'session') {
      const minute = Math.floor((localMs - today * DAY_MS) / MINUTE_MS);
      const [isAfter, isBefore] = [minute >= question.fromMinute, minute < question.toMinute];
      const isWithin = question.fromMinute < question.toMinute ? isAfter && isBefore : isAfter || isBefore;
      out[t] = isWithin || isWholeDay(timesMs[t]) ? 1 : 0;
    } else if (question.kind === 'day_of_week') out[t] = ((((today + 3) % 7) + 7) % 7) + 1;
    else if (question.kind === 'month') out[t] = new Date(localMs).getUTCMonth() + 1;
    else out[t] = new Date(localMs).getUTCDate();
  }
  return out;
}

function tradesAt(name: string, timesMs: Float64Array): Float64Array {
  const { zone, hoursOf } = tradingCalendar(name)!;
  const isWholeDay = wholeDays(timesMs);
  return lastMoments(timesMs, zone).map((localMs, t) => {
    const day = Math.floor(localMs / DAY_MS);
    const hours = hoursOf(day);
    if (!hours) return 0;
    const minute = (localMs - day * DAY_MS) / MINUTE_MS;
    const isWithin = minute >= hours.fromMinute && minute < hours.toMinute;
    return isWithin || isWholeDay(timesMs[t]) ? 1 : 0;
  });
}

/**
 * Tells by its time whether a bar is that of a whole day or of more: it closes at midnight UTC, and the bars of the series are
 * mostly a day or more apart.
 */
function wholeDays(timesMs: Float64Array): (timeMs: number) => boolean {
  let longGaps = 0;
  for (let t = 1; t < timesMs.length; t += 1) if (timesMs[t] - timesMs[t - 1] >= DAY_MS) longGaps += 1;
  const isDaily = 2 * longGaps >= timesMs.length - 1;
  return (timeMs) => isDaily && timeMs % DAY_MS === 0;
}

/** The last millisecond of each bar on the zone's wall clock; for the bar of a whole day that of its day, by UTC. */
export function lastMoments(timesMs: Float64Array, zone: string): Float64Array {
  const toLocal = localClock(zone);
  const isWholeDay = wholeDays(timesMs);
  return timesMs.map((timeMs) => (isWholeDay(timeMs) ? timeMs - 1 : toLocal(timeMs - 1)));
}

/** Turns UTC into the zone's wall clock, both in milliseconds; an offset is asked for once a quarter of an hour. */
function localClock(zone: string): (timeMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const offsets = new Map<number, number>();
  return (timeMs) => {
    const step = Math.floor(timeMs / OFFSET_STEP_MS);
    let offset = offsets.get(step);
    if (offset === undefined) {
      const startMs = step * OFFSET_STEP_MS;
      const parts = new Map(format.formatToParts(startMs).map(({ type, value }) => [type, Number(value)]));
      const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type)!;
      offset =
        Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) -
        startMs;
      offsets.set(step, offset);
    }
    return timeMs + offset;
  };
}
