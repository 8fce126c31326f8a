/** A line of an import that cannot be used, or is used with care. */
export interface ImportProblem {
  readonly line: number;
  readonly column: string | null;
  readonly value: string | null;
  readonly reason: string;
  readonly severity: 'ERROR' | 'WARNING';
}

/** Which of the file's columns holds which field. */
export interface ImportColumn {
  readonly field: string;
  readonly header: string;
  readonly index: number;
}

/** How numbers and dates are written in one file. */
export interface CsvDialect {
  readonly delimiter: string;
  readonly hasDecimalComma: boolean;
  /** For dates such as 3/4/2024. */
  readonly isDayFirst: boolean;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Finds out by evidence how a file is written, from its first lines. */
export function detectDialect(sample: string): CsvDialect {
  const [header = ''] = sample.split(/\r?\n/, 1);
  const counts = [',', ';', '\t', '|'].map((delimiter) => ({
    delimiter,
    count: header.split(delimiter).length,
  }));
  const { delimiter } = counts.reduce((best, one) => (one.count > best.count ? one : best));
  const body = sample.slice(header.length);
  const hasDecimalComma =
    delimiter !== ',' &&
    /(^|[;\t|"])-?[\d.'’ \u00a0\u202f]*\d,\d+(["';\t|\r\n]|$)/m.test(body) &&
    !/\d,\d{3}\.\d/.test(body);
  const isDayFirst =
    /(^|[^\d])(1[3-9]|2\d|3[01])[/.-]\d{1,2}[/.-]\d{4}/m.test(body) ||
    /(^|[^\d])\d{1,2}\.\d{1,2}\.\d{4}/m.test(body);
  return { delimiter, hasDecimalComma, isDayFirst };
}

/** More than any way to write a number needs. */
const NUMBER_CHARACTERS_MAXIMUM = 100;

/** A number as the file writes it, or NaN. */
export function parseNumber(text: string, dialect: Pick<CsvDialect, 'hasDecimalComma'>): number {
  const decimal = normalizeNumber(text, dialect);
  return decimal === null ? NaN : Number(decimal);
}

/** A number as the file writes it in plain notation, or null where it is none. */
export function normalizeNumber(
  text: string,
  { hasDecimalComma }: Pick<CsvDialect, 'hasDecimalComma'>,
): string | null {
  if (text.length > NUMBER_CHARACTERS_MAXIMUM) return null;
  let plain = text
    .trim()
    .replace(/^[$€£]/, '')
    .replaceAll(/[\s'’]/g, '');
  plain = hasDecimalComma
    ? plain.replaceAll('.', '').replace(',', '.')
    : plain.replaceAll(/,(?=\d{3}(\D|$))/g, '');
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(plain) ? plain.replace(/^\+/, '') : null;
}

/** A date with an optional time; `zoneOffset` is set where the text names its zone. */
export interface ParsedDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly time: { readonly hour: number; readonly minute: number; readonly second: number } | null;
  /** Epoch milliseconds where the text fixes them by itself. */
  readonly epochMs: number | null;
}

/** More than any way to write a time needs. */
const DATE_CHARACTERS_MAXIMUM = 100;

/** A date as files write it, or null where it is none; impossible days such as 30 February are none. */
export function parseDate(text: string, { isDayFirst }: Pick<CsvDialect, 'isDayFirst'>): ParsedDate | null {
  if (text.length > DATE_CHARACTERS_MAXIMUM) return null;
  const plain = text.trim();
  if (/^\d{10}(\.\d+)?$|^\d{13}$/.test(plain))
    return fromEpoch(plain.length >= 13 && !plain.includes('.') ? Number(plain) : Number(plain) * 1000);
  const iso = /^(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?:[T ]+(.+))?$/.exec(plain);
  if (iso) return withTime(Number(iso[1]), Number(iso[2]), Number(iso[3]), iso[4], plain);
  const numeric = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[T ]+(.+))?$/.exec(plain);
  if (numeric) {
    const [first, second] = [Number(numeric[1]), Number(numeric[2])];
    return isDayFirst
      ? withTime(Number(numeric[3]), second, first, numeric[4])
      : withTime(Number(numeric[3]), first, second, numeric[4]);
  }
  const named =
    /^([A-Za-z]{3})[a-z]*\.? (\d{1,2}),? (\d{4})$/.exec(plain) ??
    /^(\d{1,2})[- ]([A-Za-z]{3})[a-z]*[- ](\d{4})$/.exec(plain);
  if (!named) return null;
  const isMonthFirst = /^[A-Za-z]/.test(plain);
  const month = MONTHS.indexOf(named[isMonthFirst ? 1 : 2].toLowerCase()) + 1;
  return withTime(Number(named[3]), month, Number(named[isMonthFirst ? 2 : 1]), undefined);
}

function fromEpoch(epochMs: number): ParsedDate {
  const date = new Date(epochMs);
  const time = { hour: date.getUTCHours(), minute: date.getUTCMinutes(), second: date.getUTCSeconds() };
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    time,
    epochMs,
  };
}

function withTime(
  year: number,
  month: number,
  day: number,
  rest: string | undefined,
  whole = '',
): ParsedDate | null {
  const check = new Date(Date.UTC(year, month - 1, day));
  if (check.getUTCMonth() !== month - 1 || check.getUTCDate() !== day || year < 1800 || year > 2200)
    return null;
  if (rest === undefined) return { year, month, day, time: null, epochMs: null };
  const parts = /^(\d{1,2}):?(\d{2})(?::?(\d{2})(?:\.\d+)?)?\s*(am|pm)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/i.exec(
    rest.trim(),
  );
  if (!parts) return null;
  const hour = (Number(parts[1]) % (parts[4] ? 12 : 24)) + (parts[4]?.toLowerCase() === 'pm' ? 12 : 0);
  const time = { hour, minute: Number(parts[2]), second: Number(parts[3] ?? 0) };
  if (Number(parts[1]) > 23 || time.minute > 59 || time.second > 59) return null;
  const zone = parts[5]?.toUpperCase();
  if (!zone) return { year, month, day, time, epochMs: null };
  const offset = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  const offsetMinutes = offset
    ? (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3]))
    : 0;
  const epochMs = Date.UTC(year, month - 1, day, hour, time.minute, time.second) - offsetMinutes * 60_000;
  return whole ? { year, month, day, time, epochMs } : { year, month, day, time, epochMs };
}

/** Finds each field's column by its header: the first alias that matches wins; letters and digits alone count. */
export function detectColumns(
  headers: readonly string[],
  aliases: Readonly<Record<string, readonly string[]>>,
): ImportColumn[] {
  const plain = headers.map((header) => header.toLowerCase().replaceAll(/[^a-z0-9]/g, ''));
  return Object.entries(aliases).flatMap(([field, names]) => {
    const name = names.find((alias) => plain.includes(alias));
    if (name === undefined) return [];
    const index = plain.indexOf(name);
    return [{ field, header: headers[index], index }];
  });
}
