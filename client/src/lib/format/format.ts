const NONE = '–';
const formats = new Map<string, Intl.NumberFormat>();

/** From here on digits of a percentage tell nothing, as of a day's gain made a year's. */
const LARGE_FRACTION = 1e6;
/** What is smaller is what rounding left of nothing. */
const NOTHING = 1e-12;

/** A format is costly to make and is needed thousands of times. */
function formatOf(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = JSON.stringify(options);
  let format = formats.get(key);
  if (!format) formats.set(key, (format = new Intl.NumberFormat('en-US', options)));
  return format;
}

/** A sign in front of all but zero, or of what is below it; never of what is rounded to it. */
const signOf = (isSigned: boolean) => (isSigned ? 'exceptZero' : 'negative');

/** A fraction as a percentage with a sign where it matters. */
export function percent(value: number | null | undefined, { digits = 2, isSigned = false } = {}): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  return formatOf({
    style: 'percent',
    notation: Math.abs(value) < LARGE_FRACTION ? 'standard' : 'scientific',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: signOf(isSigned),
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
  const signDisplay = signOf(isSigned);
  try {
    return formatOf({ style: 'currency', currency, signDisplay }).format(amount);
  } catch {
    // A crypto code is no ISO currency: the number and its code do.
    return `${formatOf({ maximumFractionDigits: 8, signDisplay }).format(amount)} ${currency}`;
  }
}

/** A plain number with so many decimals at most, or so many digits where it is smaller than they tell. */
export function plain(value: string | number | null | undefined, digits = 4): string {
  const amount = value === null || value === undefined ? NaN : Number(value);
  if (!Number.isFinite(amount)) return NONE;
  const small =
    digits > 0 ? { maximumSignificantDigits: digits, roundingPriority: 'morePrecision' as const } : {};
  return formatOf({ maximumFractionDigits: digits, signDisplay: 'negative', ...small }).format(
    Math.abs(amount) < NOTHING ? 0 : amount,
  );
}

/** A number with as many decimals as all others beside it. */
export function fixed(value: number, digits: number): string {
  return formatOf({
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: 'negative',
  }).format(value);
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

/** Names in a row; of many the first, and how many more there are. */
export function listed(names: readonly string[], most = 10): string {
  const more = names.length - most;
  return more > 1 ? `${names.slice(0, most).join(', ')} and ${plain(more)} more` : names.join(', ');
}
