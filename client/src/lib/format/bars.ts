import type { Timeframe } from '#lib/graphql/generated/graphql.ts';
import { closeDate, type date, dateTime } from './format.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
const BARS: Readonly<Record<Timeframe, readonly [string, number]>> = {
  MINUTE_1: ['one-minute', MINUTE_MS],
  MINUTE_5: ['five-minute', 5 * MINUTE_MS],
  MINUTE_15: ['quarter-hour', 15 * MINUTE_MS],
  HOUR_1: ['hourly', 60 * MINUTE_MS],
  HOUR_4: ['four-hour', 240 * MINUTE_MS],
  DAY_1: ['daily', DAY_MS],
  WEEK_1: ['weekly', 7 * DAY_MS],
  MONTH_1: ['monthly', 30 * DAY_MS],
};

/** What bars are called. */
export function barName(timeframe: Timeframe): string {
  return BARS[timeframe][0];
}

/** How long a bar is. */
export function barLengthMs(timeframe: Timeframe): number {
  return BARS[timeframe][1];
}

/** Whether bars are shorter than a day, so that their times need more than a date. */
export function isIntraday(timeframe: Timeframe): boolean {
  return barLengthMs(timeframe) < DAY_MS;
}

/** How times of bars are written, in UTC: as the days of their sessions, with the time of day where bars are shorter. */
export function barTimeFormat(timeframe: Timeframe): typeof date {
  return isIntraday(timeframe) ? dateTime : closeDate;
}

/** A time within the session that closes at a time: midnight (UTC) ends the day before. */
export function sessionMs(closeMs: number): number {
  return closeMs % DAY_MS === 0 ? closeMs - 1 : closeMs;
}
