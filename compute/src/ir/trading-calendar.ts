import { EXCHANGE_RULES } from './exchange-holidays.ts';

/** When one day trades, in minutes from midnight of the exchange's zone. */
export interface TradingHours {
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** The days and hours of an exchange. */
export interface TradingCalendar {
  readonly name: string;
  readonly zone: string;
  /** The hours of a day, counted from 1970 in the exchange's zone; null where it is closed. */
  readonly hoursOf: (day: number) => TradingHours | null;
}

/** Names of the calendars, the first of each with its other names behind it. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  NYSE: ['XNYS', 'NASDAQ', 'XNAS'],
  LSE: ['XLON'],
  XETRA: ['XETR'],
  CRYPTO: ['24/7'],
};

/** The calendars that a strategy can name. */
export const CALENDAR_NAMES: readonly string[] = Object.keys(NAMES);

const known = new Map<string, TradingCalendar>();

/** The calendar of this name, in capitals or not; null where there is none. */
export function tradingCalendar(name: string): TradingCalendar | null {
  const given = name.toUpperCase();
  const own = CALENDAR_NAMES.find((one) => one === given || NAMES[one].includes(given));
  if (own === undefined) return null;
  const calendar = known.get(own) ?? makeCalendar(own);
  known.set(own, calendar);
  return calendar;
}

function makeCalendar(name: string): TradingCalendar {
  const rules = EXCHANGE_RULES[name];
  if (!rules) return { name, zone: 'UTC', hoursOf: () => ({ fromMinute: 0, toMinute: 1440 }) };
  const { zone, fromMinute, toMinute, daysOf } = rules;
  const years = new Map<number, ReturnType<typeof daysOf>>();
  const hoursOf = (day: number) => {
    const weekday = (((day + 3) % 7) + 7) % 7;
    if (weekday >= 5) return null;
    const year = new Date(day * DAY_MS).getUTCFullYear();
    let special = years.get(year);
    if (!special) years.set(year, (special = daysOf(year)));
    if (special.closed.has(day)) return null;
    return { fromMinute, toMinute: special.earlyCloses.get(day) ?? toMinute };
  };
  return { name, zone, hoursOf };
}

const DAY_MS = 86_400_000;

/**
 * When the session ends that a bar lies in or comes before, on the exchange's clock; `localMs` is the bar's last
 * millisecond on that clock.
 */
export function sessionEndMs({ hoursOf }: TradingCalendar, localMs: number): number {
  let day = Math.floor(localMs / DAY_MS);
  for (;;) {
    const hours = hoursOf(day);
    const endMs = day * DAY_MS + (hours?.toMinute ?? 0) * 60_000;
    if (hours && localMs < endMs) return endMs;
    day += 1;
  }
}
