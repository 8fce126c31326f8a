import { expect, it, describe } from 'vitest';
import { itWithShared, sharedText } from '../../../tools/testing/services.ts';
import { tradingCalendar } from './trading-calendar.ts';

const DAY_MS = 86_400_000;
const dayOf = (text: string) => Date.parse(text) / DAY_MS;
const textOf = (day: number) => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** The days on which an exchange is open, between two dates. */
function openDays(name: string, from: string, to: string): string[] {
  const { hoursOf } = tradingCalendar(name)!;
  const days = Array.from({ length: dayOf(to) - dayOf(from) + 1 }, (_, i) => dayOf(from) + i);
  return days.filter((day) => hoursOf(day) !== null).map(textOf);
}

/** The weekdays of a year on which an exchange is closed, without the year. */
function closedIn(name: string, year: number): string {
  const open = new Set(openDays(name, `${year}-01-01`, `${year}-12-31`));
  const days = Array.from({ length: 366 }, (_, i) => dayOf(`${year}-01-01`) + i);
  const closed = days.filter((day) => (day + 3) % 7 < 5 && !open.has(textOf(day)));
  return closed
    .map(textOf)
    .filter((text) => text.startsWith(`${year}`))
    .map((text) => text.slice(5))
    .join(' ');
}

describe('the days of Frankfurt', () => {
  /**
   * 2011, 2016, 2020, 2021, 2024 and 2025 are as the exchange published them, 2000, 2007 and 2018 as it announced; the others are as
   * the package exchange_calendars has them.
   */
  it.each([
    [2000, '04-21 04-24 05-01 10-03 12-25 12-26'],
    [2001, '01-01 04-13 04-16 05-01 12-24 12-25 12-26 12-31'],
    [2002, '01-01 03-29 04-01 05-01 12-24 12-25 12-26 12-31'],
    [2003, '01-01 04-18 04-21 05-01 12-24 12-25 12-26 12-31'],
    [2004, '01-01 04-09 04-12 12-24 12-31'],
    [2005, '03-25 03-28 12-26'],
    [2006, '04-14 04-17 05-01 12-25 12-26'],
    [2007, '01-01 04-06 04-09 05-01 05-28 12-24 12-25 12-26 12-31'],
    [2008, '01-01 03-21 03-24 05-01 12-24 12-25 12-26 12-31'],
    [2009, '01-01 04-10 04-13 05-01 12-24 12-25 12-31'],
    [2010, '01-01 04-02 04-05 12-24 12-31'],
    [2011, '04-22 04-25 12-26'],
    [2012, '04-06 04-09 05-01 12-24 12-25 12-26 12-31'],
    [2013, '01-01 03-29 04-01 05-01 12-24 12-25 12-26 12-31'],
    [2014, '01-01 04-18 04-21 05-01 10-03 12-24 12-25 12-26 12-31'],
    [2015, '01-01 04-03 04-06 05-01 05-25 12-24 12-25 12-31'],
    [2016, '01-01 03-25 03-28 05-16 10-03 12-26'],
    [2017, '04-14 04-17 05-01 06-05 10-03 10-31 12-25 12-26'],
    [2018, '01-01 03-30 04-02 05-01 05-21 10-03 12-24 12-25 12-26 12-31'],
    [2019, '01-01 04-19 04-22 05-01 06-10 10-03 12-24 12-25 12-26 12-31'],
    [2020, '01-01 04-10 04-13 05-01 06-01 12-24 12-25 12-31'],
    [2021, '01-01 04-02 04-05 05-24 12-24 12-31'],
    [2022, '04-15 04-18 12-26'],
    [2023, '04-07 04-10 05-01 12-25 12-26'],
    [2024, '01-01 03-29 04-01 05-01 12-24 12-25 12-26 12-31'],
    [2025, '01-01 04-18 04-21 05-01 12-24 12-25 12-26 12-31'],
  ])('are closed in %d on %s', (year, days) => {
    expect(closedIn('XETRA', year)).toBe(days);
  });

  it('include those of holidays that are kept elsewhere in Germany', () => {
    const open = openDays('XETRA', '2000-01-01', '2025-12-31');
    // Whit Monday, Ascension, Corpus Christi and German Unity Day; the index closed above 10,000 first on one of them.
    for (const day of ['2000-06-12', '2001-05-24', '2002-10-03', '2013-05-20', '2014-06-09', '2024-05-30'])
      expect(open).toContain(day);
  });
});

describe('the days of London', () => {
  /** Bank holidays of England and Wales by their rules, with those of single years; compared with no list of the exchange. */
  it.each([
    [2020, '01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28'],
    [2021, '01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28'],
    [2022, '01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27'],
    [2023, '01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26'],
    [2024, '01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26'],
    [2025, '01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26'],
  ])('are closed in %d on %s', (year, days) => {
    expect(closedIn('LSE', year)).toBe(days);
  });

  itWithShared('are those on which the closes of its shares moved from 2000 to 2023', () => {
    const rows = sharedText('data/skfolio/ftse100_dataset.csv.gz').trim().split(/\r?\n/).slice(1);
    const cells = rows.map((row) => row.split(','));
    // Until 2005 the file carries most closes through holidays.
    const movedPart = (t: number) => {
      const places = [...cells[t].keys()].filter(
        (i) => i > 0 && cells[t][i] !== '' && cells[t - 1][i] !== '',
      );
      return places.filter((i) => cells[t][i] !== cells[t - 1][i]).length / places.length;
    };
    const days = cells.flatMap(([date], t) => {
      const isCarried = t === 0 || (date < '2006' && movedPart(t) < 0.4);
      return isCarried ? [] : [date.slice(0, 10)];
    });
    const open = openDays('LSE', days[0], days.at(-1)!);
    // The file has the day of a royal wedding, and lacks two days on which the exchange was open.
    expect(days.filter((day) => !open.includes(day))).toEqual(['2011-04-29']);
    expect(open.filter((day) => !days.includes(day))).toEqual(['2012-05-28', '2022-06-14']);
    expect([days[0], days.at(-1), days.length]).toEqual(['2000-01-05', '2023-05-31', 5_911]);
  });

  it.each([
    [2015, '2015-12-24 2015-12-31'],
    [2018, '2018-12-24 2018-12-31'],
    [2023, '2023-12-22 2023-12-29'],
  ])('end early twice in %d: %s', (year, days) => {
    const { hoursOf } = tradingCalendar('LSE')!;
    const early = openDays('LSE', `${year}-01-01`, `${year}-12-31`).filter(
      (day) => hoursOf(dayOf(day))!.toMinute === 750,
    );
    expect(early.join(' ')).toBe(days);
  });
});
