import { expect, it } from 'vitest';
import type { Timeframe } from '#lib/graphql/generated/graphql.ts';
import { barTimeFormat, isIntraday } from './bars.ts';

it('writes times of day for bars shorter than a day, midnight too, and the dates of their closes for all others', () => {
  const [night, noon] = ['2024-03-07T00:00:00.000Z', '2024-03-07T12:30:00.000Z'];
  for (const timeframe of ['MINUTE_1', 'MINUTE_5', 'MINUTE_15', 'HOUR_1', 'HOUR_4'] as Timeframe[]) {
    expect([night, noon].map(barTimeFormat(timeframe))).toEqual(['2024-03-07 00:00', '2024-03-07 12:30']);
    expect(isIntraday(timeframe)).toBe(true);
  }
  for (const timeframe of ['DAY_1', 'WEEK_1', 'MONTH_1'] as Timeframe[]) {
    expect([night, noon].map(barTimeFormat(timeframe))).toEqual(['2024-03-06', '2024-03-07']);
    expect(isIntraday(timeframe)).toBe(false);
  }
});
