const formatters = new Map<string, Intl.DateTimeFormat>();

/** A wall-clock time in a zone as UTC epoch milliseconds. */
export function zonedToUtc(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  zone: string,
): number {
  const asUtc = Date.UTC(year, month - 1, day, hour, minute, second);
  if (zone === 'UTC') return asUtc;
  const first = asUtc - offsetMs(asUtc, zone);
  return asUtc - offsetMs(first, zone);
}

function offsetMs(timeMs: number, zone: string): number {
  let formatter = formatters.get(zone);
  if (!formatter) {
    const parts = {
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    } as const;
    formatter = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', ...parts });
    formatters.set(zone, formatter);
  }
  const part = Object.fromEntries(
    formatter.formatToParts(timeMs).map(({ type, value }) => [type, Number(value)]),
  );
  return (
    Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second) -
    Math.floor(timeMs / 1000) * 1000
  );
}

const ZONES_KEPT = 1_000;
const zones = new Map<string, boolean>();

/** Whether a zone of this name is known. */
export function isTimeZone(zone: string): boolean {
  // Every row of a file may name its zone, and a new formatter takes some tenths of a millisecond.
  let isKnown = zones.get(zone);
  if (isKnown === undefined) {
    if (zones.size >= ZONES_KEPT) zones.clear();
    zones.set(zone, (isKnown = hasFormat(zone)));
  }
  return isKnown;
}

function hasFormat(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

const DAY_MS = 86_400_000;

/** The day (UTC, counted from 1970) that a close is of: one at midnight is of the day before. */
export function closingDay(timeMs: number): number {
  return Math.ceil(timeMs / DAY_MS) - 1;
}

/** When the session of a date ends: 16:00 in New York for XNYS, otherwise midnight UTC after it. */
export function sessionClose(year: number, month: number, day: number, calendar: string): number {
  if (calendar === 'XNYS') return zonedToUtc(year, month, day, 16, 0, 0, 'America/New_York');
  return Date.UTC(year, month - 1, day + 1);
}
