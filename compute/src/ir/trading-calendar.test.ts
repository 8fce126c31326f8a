import { describe, expect, it } from 'vitest';
import { itWithShared, sharedText } from '../../../tools/testing/services.ts';
import { answerCalendar } from './calendar.ts';
import { easterOf } from './exchange-holidays.ts';
import { lastBarsOf } from './time-in-force.ts';
import { tradingCalendar } from './trading-calendar.ts';

const dayOf = (text: string) => Date.parse(text) / 86_400_000;
const textOf = (day: number) => new Date(day * 86_400_000).toISOString().slice(0, 10);
const minute = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

/** The weekdays of a year on which an exchange is closed. */
function closedIn(name: string, year: number): string[] {
  const { hoursOf } = tradingCalendar(name)!;
  const [from, to] = [dayOf(`${year}-01-01`), dayOf(`${year + 1}-01-01`)];
  const days = Array.from({ length: to - from }, (_, i) => from + i);
  return days.filter((day) => hoursOf(day) === null && (day + 3) % 7 < 5).map(textOf);
}

describe('trading calendars', () => {
  it.each([
    [1961, '1961-04-02'],
    [2000, '2000-04-23'],
    [2024, '2024-03-31'],
    [2038, '2038-04-25'],
  ])('Easter of %d', (year, sunday) => {
    expect(textOf(easterOf(year))).toBe(sunday);
  });

  it.each([
    ['NYSE', 2024, '01-01 01-15 02-19 03-29 05-27 06-19 07-04 09-02 11-28 12-25'],
    ['NYSE', 2021, '01-01 01-18 02-15 04-02 05-31 07-05 09-06 11-25 12-24'],
    ['NYSE', 2022, '01-17 02-21 04-15 05-30 06-20 07-04 09-05 11-24 12-26'],
    ['CRYPTO', 2024, ''],
  ])('%s is closed in %d on %s', (name, year, days) => {
    expect(
      closedIn(name, year)
        .map((one) => one.slice(5))
        .join(' '),
    ).toBe(days);
  });

  it.each([
    ['NYSE', '2024-07-03', '09:30', '13:00'],
    ['NYSE', '2002-07-05', '09:30', '13:00'],
    ['NYSE', '2024-11-29', '09:30', '13:00'],
    ['NYSE', '2024-12-24', '09:30', '13:00'],
    ['NYSE', '2020-07-02', '09:30', '16:00'],
    ['LSE', '2024-12-24', '08:00', '12:30'],
    ['LSE', '2022-12-30', '08:00', '12:30'],
    ['XETRA', '2024-12-30', '09:00', '14:00'],
    ['CRYPTO', '2024-12-25', '00:00', '24:00'],
  ])('%s trades on %s from %s to %s', (name, day, from, to) => {
    const hours = tradingCalendar(name)!.hoursOf(dayOf(day));
    expect(hours).toEqual({ fromMinute: minute(from), toMinute: minute(to) });
  });

  it('are known by the codes of their exchanges too', () => {
    expect(['xnys', 'NASDAQ', 'XLON', '24/7'].map((name) => tradingCalendar(name)?.name)).toEqual([
      'NYSE',
      'NYSE',
      'LSE',
      'CRYPTO',
    ]);
    expect(tradingCalendar('MOON')).toBeNull();
  });

  itWithShared.each([
    ['data/skfolio/sp500_index.csv.gz', 8_313],
    ['data/backtesting_py/GOOG.csv', 2_148],
  ])('NYSE is open on exactly the days that have bars in %s', (file, count) => {
    const rows = sharedText(file).trim().split(/\r?\n/).slice(1);
    const days = rows.map((row) => dayOf(row.slice(0, 10)));
    const { hoursOf } = tradingCalendar('NYSE')!;
    const open: number[] = [];
    for (let day = days[0]; day <= days.at(-1)!; day += 1) if (hoursOf(day)) open.push(day);
    expect(open.map(textOf)).toEqual(days.map(textOf));
    expect(open.length).toBe(count);
  });

  it('answer whether a bar lies in their hours, in their own time', () => {
    const timesMs = Float64Array.from(
      [
        '2024-07-02T13:30Z',
        '2024-07-02T14:30Z',
        '2024-07-02T20:00Z',
        '2024-07-02T21:00Z',
        '2024-07-03T17:00Z',
      ],
      Date.parse,
    );
    const later = Float64Array.from(
      ['2024-07-03T18:00Z', '2024-07-04T15:00Z', '2024-12-02T15:30Z'],
      Date.parse,
    );
    const question = { kind: 'trading_hours', calendar: 'NYSE' } as const;
    expect([...answerCalendar(question, timesMs)]).toEqual([0, 1, 1, 0, 1]);
    expect([...answerCalendar(question, later)]).toEqual([0, 0, 1]);
  });

  it.each([
    ['NYSE', [1, 1, 0, 1]],
    ['XETRA', [1, 1, 1, 1]],
    ['LSE', [1, 1, 1, 1]],
    ['CRYPTO', [1, 1, 1, 1]],
  ])('%s trades in a daily bar where it is open on its day', (calendar, expected) => {
    // Tuesday to Friday, each stamped with the midnight after it; Thursday is Independence Day.
    const daily = Float64Array.from(['2024-07-03', '2024-07-04', '2024-07-05', '2024-07-06'], Date.parse);
    expect([...answerCalendar({ kind: 'trading_hours', calendar }, daily)]).toEqual(expected);
  });

  it('take bars that close at midnight for daily ones by what the series mostly is', () => {
    const answer = (...times: string[]) => [
      ...answerCalendar({ kind: 'trading_hours', calendar: 'NYSE' }, Float64Array.from(times, Date.parse)),
    ];
    // The first bar of the series and the first after a holiday, in the evening of New York.
    expect(
      answer(
        '2024-07-03T00:00Z',
        '2024-07-03T01:00Z',
        '2024-07-03T02:00Z',
        '2024-07-06T00:00Z',
        '2024-07-08T15:00Z',
        '2024-07-08T16:00Z',
      ),
    ).toEqual([0, 0, 0, 0, 1, 1]);
    // Daily bars of which the last is not over.
    expect(answer('2024-07-02', '2024-07-03', '2024-07-05T13:00Z')).toEqual([1, 1, 0]);
  });

  it('give the first bar of an hour that closes at midnight the day it has in the zone', () => {
    const hours = Float64Array.from(['2024-07-03T00:00Z', '2024-07-03T01:00Z'], Date.parse);
    const inTokyo = { kind: 'day_of_month', zone: 'Asia/Tokyo' } as const;
    expect([...answerCalendar(inTokyo, hours)]).toEqual([3, 3]);
    expect([...answerCalendar(inTokyo, hours.subarray(0, 1))]).toEqual([2]);
  });
});

describe('the time that an order is good for', () => {
  const timesMs = Float64Array.from(
    ['2024-07-02T19:00Z', '2024-07-02T20:00Z', '2024-07-03T16:00Z', '2024-07-03T17:00Z', '2024-07-05T14:30Z'],
    Date.parse,
  );
  it.each([
    ['bars', { kind: 'bars', bars: 2 } as const, 'NYSE', [2, 3, 4, 5, 6]],
    ['ever', { kind: 'cancelled' } as const, 'NYSE', [5, 5, 5, 5, 5]],
    ['the session of the next bar', { kind: 'day' } as const, 'NYSE', [1, 3, 3, 4, 5]],
    ['the day of the next bar', { kind: 'day' } as const, 'CRYPTO', [1, 3, 3, 4, 5]],
    ['a date', { kind: 'until', day: dayOf('2024-07-03') } as const, 'NYSE', [3, 3, 3, 3, 3]],
    [
      'a date that is over',
      { kind: 'until', day: dayOf('2024-07-01') } as const,
      'NYSE',
      [-1, -1, -1, -1, -1],
    ],
  ])('%s', (_name, force, calendar, last) => {
    expect([...lastBarsOf(force, timesMs, tradingCalendar(calendar)!)]).toEqual(last);
  });

  it('is one bar for daily bars', () => {
    const daily = Float64Array.from(['2024-07-03', '2024-07-04', '2024-07-06'], Date.parse);
    expect([...lastBarsOf({ kind: 'day' }, daily, tradingCalendar('NYSE')!)]).toEqual([1, 2, 3]);
  });

  it('takes in the daily bar of its date, also where that ends after midnight in UTC', () => {
    const daily = Float64Array.from(['2024-07-03', '2024-07-04', '2024-07-05'], Date.parse);
    const force = { kind: 'until', day: dayOf('2024-07-03') } as const;
    for (const name of ['NYSE', 'XETRA', 'LSE'])
      expect([...lastBarsOf(force, daily, tradingCalendar(name)!)]).toEqual([1, 1, 1]);
  });
});
