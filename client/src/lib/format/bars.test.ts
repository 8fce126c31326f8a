import { expect, it } from 'vitest';
import type { Timeframe } from '#lib/graphql/generated/graphql.ts';
import { barTimeFormat, isIntraday, sessionMs } from './bars.ts';

it('writes times of day for bars shorter than a day, midnight too, and days of sessions for all others', () => {
  const [night, noon] = ['2024-03-07T00:00:00.000Z', '2024-03-07T12:30:00.000Z'];
  for (const timeframe of ['MINUTE_1', 'MINUTE_5', 'MINUTE_15', 'HOUR_1', 'HOUR_4'] as Timeframe[]) {
    expect([night, noon].map(barTimeFormat(timeframe))).toEqual(['2024-03-07 00:00', '2024-03-07 12:30']);
    expect(isIntraday(timeframe)).toBe(true);
  }
  for (const timeframe of ['DAY_1', 'WEEK_1', 'MONTH_1'] as Timeframe[]) {
    // The session of the 6th ends at midnight.
    expect([night, noon].map(barTimeFormat(timeframe))).toEqual(['2024-03-06', '2024-03-07']);
    expect(isIntraday(timeframe)).toBe(false);
  }
});

it('stands at the session that a time closes', () => {
  const midnight = Date.UTC(2024, 2, 1);
  expect([sessionMs(midnight), sessionMs(midnight + 1)]).toEqual([midnight - 1, midnight + 1]);
});
