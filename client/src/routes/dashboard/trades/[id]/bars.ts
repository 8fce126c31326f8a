import type { Timeframe } from '#lib/graphql/generated/graphql.ts';

const MINUTE_MS = 60_000;
const BARS: Readonly<Record<Timeframe, readonly [string, number]>> = {
  MINUTE_1: ['one-minute', MINUTE_MS],
  MINUTE_5: ['five-minute', 5 * MINUTE_MS],
  MINUTE_15: ['quarter-hour', 15 * MINUTE_MS],
  HOUR_1: ['hourly', 60 * MINUTE_MS],
  HOUR_4: ['four-hour', 240 * MINUTE_MS],
  DAY_1: ['daily', 1_440 * MINUTE_MS],
  WEEK_1: ['weekly', 7 * 1_440 * MINUTE_MS],
  MONTH_1: ['monthly', 30 * 1_440 * MINUTE_MS],
};

/** What bars are called. */
export function barName(timeframe: Timeframe): string {
  return BARS[timeframe][0];
}

/** How long a bar is. */
export function barLengthMs(timeframe: Timeframe): number {
  return BARS[timeframe][1];
}
