/** What a year has beside weekends: closed days, and days that end early with their last minute; days count from 1970. */
export interface SpecialDays {
  readonly closed: ReadonlySet<number>;
  readonly earlyCloses: ReadonlyMap<number, number>;
}

/** The rules of an exchange; minutes count from midnight of its zone. */
export interface ExchangeRules {
  readonly zone: string;
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly daysOf: (year: number) => SpecialDays;
}

const [MONDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY] = [1, 4, 5, 6, 7];

/** Closed for a funeral, an attack, a storm or a mourning. */
const NYSE_CLOSURES = `1985-09-27 1994-04-27 2001-09-11 2001-09-12 2001-09-13 2001-09-14 2004-06-11
  2007-01-02 2012-10-29 2012-10-30 2018-12-05 2025-01-09`.split(/\s+/);
/** Closed at 13:00 though no rule says so. */
const NYSE_EARLY_CLOSES = ['1997-12-26', '1999-12-31', '2003-12-26'];
/** Holidays of one year: jubilees, a wedding, a funeral, a coronation. */
const LSE_CLOSURES = `1999-12-31 2002-06-03 2002-06-04 2011-04-29 2012-06-04 2012-06-05
  2022-06-02 2022-06-03 2022-09-19 2023-05-08`.split(/\s+/);

/** Closed though traded in the years around: ten years of unity, a holiday of New York and London too, five hundred years of Reformation. */
const XETRA_CLOSURES = ['2000-10-03', '2007-05-28', '2017-10-31'];

/**
 * Exchanges by name: their days since 1990 in New York and since 2000 in London and Frankfurt, and the hours of the present. New York's
 * days were checked with those of an index to 2022, London's with those of its shares to 2023, Frankfurt's with published calendars.
 */
export const EXCHANGE_RULES: Readonly<Record<string, ExchangeRules>> = {
  NYSE: { zone: 'America/New_York', fromMinute: 570, toMinute: 960, daysOf: nyseDays },
  LSE: { zone: 'Europe/London', fromMinute: 480, toMinute: 990, daysOf: lseDays },
  XETRA: { zone: 'Europe/Berlin', fromMinute: 540, toMinute: 1050, daysOf: xetraDays },
};

/** New York: a holiday on a Saturday is kept on Friday, but for New Year, and one on a Sunday on Monday. */
function nyseDays(year: number): SpecialDays {
  const observed = (day: number) => (weekdayOf(day) === SATURDAY ? day - 1 : sundayToMonday(day));
  const thanksgiving = weekdayIn(year, 11, THURSDAY, 4);
  const independence = date(year, 7, 4);
  const closed = new Set([
    sundayToMonday(date(year, 1, 1)),
    weekdayIn(year, 2, MONDAY, 3),
    easterOf(year) - 2,
    lastMonday(year, 5),
    observed(independence),
    weekdayIn(year, 9, MONDAY, 1),
    thanksgiving,
    observed(date(year, 12, 25)),
    ...ofYear(NYSE_CLOSURES, year),
  ]);
  if (year >= 1998) closed.add(weekdayIn(year, 1, MONDAY, 3));
  if (year >= 2022) closed.add(observed(date(year, 6, 19)));
  const early = [thanksgiving + 1, date(year, 12, 24), ...ofYear(NYSE_EARLY_CLOSES, year)];
  // The day before Independence Day; until 2012 the Friday after one on a Thursday instead.
  const eve = independence - 1;
  const fallsOn = weekdayOf(independence);
  if (fallsOn === THURSDAY && year < 2013) early.push(independence + 1);
  else if (fallsOn >= 2 && fallsOn <= FRIDAY) early.push(eve);
  return { closed, earlyCloses: endingAt(780, year < 1993 ? [] : early, closed) };
}

/** London: holidays at a weekend are kept on the next days; the last days before Christmas and New Year end at 12:30. */
function lseDays(year: number): SpecialDays {
  const christmas = date(year, 12, 25);
  const [first, second] = CHRISTMAS_SUBSTITUTES[weekdayOf(christmas)] ?? [0, 1];
  const newYear = date(year, 1, 1);
  const moved = { 1995: date(year, 5, 8), 2020: date(year, 5, 8) } as Readonly<Record<number, number>>;
  const hasOwnSpring = year === 2002 || year === 2012 || year === 2022;
  const closed = new Set([
    weekdayOf(newYear) >= SATURDAY ? newYear + 8 - weekdayOf(newYear) : newYear,
    easterOf(year) - 2,
    easterOf(year) + 1,
    moved[year] ?? weekdayIn(year, 5, MONDAY, 1),
    ...(hasOwnSpring ? [] : [lastMonday(year, 5)]),
    lastMonday(year, 8),
    christmas + first,
    christmas + second,
    ...ofYear(LSE_CLOSURES, year),
  ]);
  const early = [lastTradingDay(christmas - 1), lastTradingDay(date(year, 12, 31))];
  return { closed, earlyCloses: endingAt(750, early, closed) };
}

/** Days after Christmas on which it and the day after it are kept, by the weekday of Christmas. */
const CHRISTMAS_SUBSTITUTES: Readonly<Record<number, readonly [number, number]>> = {
  [FRIDAY]: [0, 3],
  [SATURDAY]: [2, 3],
  [SUNDAY]: [1, 2],
};

/** Frankfurt: nothing is moved from a weekend; German Unity Day was kept from 2014 to 2021, Whit Monday from 2015 to 2021. */
function xetraDays(year: number): SpecialDays {
  const easter = easterOf(year);
  const closed = new Set([
    date(year, 1, 1),
    easter - 2,
    easter + 1,
    date(year, 5, 1),
    ...[24, 25, 26, 31].map((day) => date(year, 12, day)),
    ...ofYear(XETRA_CLOSURES, year),
  ]);
  if (year >= 2015 && year <= 2021) closed.add(easter + 50);
  if (year >= 2014 && year <= 2021) closed.add(date(year, 10, 3));
  return { closed, earlyCloses: endingAt(840, [lastTradingDay(date(year, 12, 30))], closed) };
}

function endingAt(minute: number, days: readonly number[], closed: ReadonlySet<number>): Map<number, number> {
  return new Map(days.flatMap((day) => (closed.has(day) || weekdayOf(day) > FRIDAY ? [] : [[day, minute]])));
}

/** Days from 1970 to a date. */
export function date(year: number, month: number, day: number): number {
  return Date.UTC(year, month - 1, day) / 86_400_000;
}

/** 1 for Monday to 7 for Sunday. */
function weekdayOf(day: number): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

function sundayToMonday(day: number): number {
  return weekdayOf(day) === SUNDAY ? day + 1 : day;
}

/** The day itself, or the Friday before it at a weekend. */
function lastTradingDay(day: number): number {
  return day - Math.max(0, weekdayOf(day) - FRIDAY);
}

function weekdayIn(year: number, month: number, weekday: number, count: number): number {
  const first = date(year, month, 1);
  return first + ((weekday - weekdayOf(first) + 7) % 7) + 7 * (count - 1);
}

function lastMonday(year: number, month: number): number {
  const last = date(year, month + 1, 1) - 1;
  return last - (weekdayOf(last) - MONDAY);
}

function ofYear(dates: readonly string[], year: number): number[] {
  return dates.filter((one) => one.startsWith(`${year}-`)).map((one) => Date.parse(one) / 86_400_000);
}

/** Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher). */
export function easterOf(year: number): number {
  const a = year % 19;
  const [b, c] = [Math.floor(year / 100), year % 100];
  const [d, e] = [Math.floor(b / 4), b % 4];
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - d - g + 15) % 30;
  const [i, k] = [Math.floor(c / 4), c % 4];
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 19 * l) / 433);
  const month = Math.floor((h + l - 7 * m + 90) / 25);
  const day = (h + l - 7 * m + 33 * month + 19) % 32;
  return date(year, month, day);
}
