const number = (options: Intl.NumberFormatOptions) => new Intl.NumberFormat('en-US', options);
const NONE = '–';
const cached = new Map<string, Intl.NumberFormat>();

/** From here on digits of a percentage tell nothing, as of a day's gain made a year's. */
const LARGE_FRACTION = 1e6;

/** A fraction as a percentage with a sign where it matters. */
export function percent(value: number | null | undefined, { digits = 2, isSigned = false } = {}): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  return number({
    style: 'percent',
    notation: Math.abs(value) < LARGE_FRACTION ? 'standard' : 'scientific',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: isSigned ? 'exceptZero' : 'negative',
  }).format(value);
}

/** An amount of money. */
export function money(
  value: string | number | null | undefined,
  currency: string,
  { isSigned = false } = {},
): string {
  const amount = value === null || value === undefined ? NaN : Number(value);
  if (!Number.isFinite(amount)) return NONE;
  const key = `${currency}${isSigned}`;
  let format = cached.get(key);
  if (!format) {
    const signDisplay = isSigned ? 'exceptZero' : 'negative';
    try {
      format = number({ style: 'currency', currency, signDisplay });
    } catch {
      // A crypto code is no ISO currency: the number and its code do.
      format = {
        format: (one: number) =>
          `${number({ maximumFractionDigits: 8, signDisplay }).format(one)} ${currency}`,
      } as Intl.NumberFormat;
    }
    cached.set(key, format);
  }
  return format.format(amount);
}

/** A plain number with at most so many decimals. */
export function plain(value: string | number | null | undefined, digits = 4): string {
  const amount = value === null || value === undefined ? NaN : Number(value);
  return Number.isFinite(amount)
    ? number({ maximumFractionDigits: digits, signDisplay: 'negative' }).format(amount)
    : NONE;
}

/** A date in UTC. */
export function date(value: string | number | null | undefined): string {
  return value === null || value === undefined ? NONE : new Date(value).toISOString().slice(0, 10);
}

/** The date in UTC that a close is of: one at midnight is of the day before. */
export function closeDate(value: string | number | null | undefined): string {
  return value === null || value === undefined ? NONE : date(new Date(value).getTime() - 1);
}

/** A date with its time in UTC. */
export function dateTime(value: string | number | null | undefined): string {
  return value === null || value === undefined
    ? NONE
    : new Date(value).toISOString().slice(0, 16).replace('T', ' ');
}

/** When something of a ledger was done, in UTC: a date alone at midnight, as files of brokers tell that have no times. */
export function moment(value: string | number | null | undefined): string {
  return dateTime(value).replace(' 00:00', '');
}

/** A length of time. */
export function duration(milliseconds: number | null | undefined): string {
  if (milliseconds === null || milliseconds === undefined) return NONE;
  if (milliseconds < 1_000) return `${plain(milliseconds, milliseconds < 10 ? 1 : 0)} ms`;
  const seconds = milliseconds / 1_000;
  if (seconds < 120) return `${plain(seconds, 1)} s`;
  if (seconds < 7_200) return `${plain(seconds / 60, 0)} min`;
  return seconds < 172_800 ? `${plain(seconds / 3_600, 1)} h` : `${plain(seconds / 86_400, 1)} d`;
}

/** A number of bytes. */
export function bytes(value: number): string {
  return value < 1024 ** 3 ? `${plain(value / 1024 ** 2, 0)} MiB` : `${plain(value / 1024 ** 3, 2)} GiB`;
}

/** A statistic by its unit. */
export function statistic(value: number | null | undefined, unit: string, currency = 'USD'): string {
  if (value === null || value === undefined) return NONE;
  if (unit === 'FRACTION') return percent(value);
  if (unit === 'CURRENCY') return money(value, currency);
  if (unit === 'DAYS') return `${plain(value, 0)} d`;
  if (unit === 'BARS') return `${plain(value, 1)} bars`;
  return plain(value, unit === 'COUNT' ? 0 : 3);
}
