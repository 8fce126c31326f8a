import { sessionClose, zonedToUtc } from './calendar.ts';
import {
  type CsvDialect,
  detectColumns,
  type ImportColumn,
  type ImportProblem,
  parseDate,
  parseNumber,
} from './csv.ts';
import { isDated, type Timeframe, TIMEFRAMES } from './timeframe.ts';

const ALIASES = {
  time: ['timestamp', 'datetime', 'date', 'time', 'opentime', 'localtime', 'gmttime', ''],
  open: ['open', 'o', 'openprice'],
  high: ['high', 'h', 'highprice', 'max'],
  low: ['low', 'l', 'lowprice', 'min'],
  close: ['close', 'c', 'closelast', 'closeprice', 'last', 'price'],
  volume: ['volume', 'vol', 'v'],
  adjustedClose: ['adjclose', 'adjustedclose', 'adjclosing', 'closeadj'],
} as const;

const SHOWN_CHARACTERS = 100;
/** As prices of transactions are kept; what is worked out of more would soon be infinite. */
const PRICE_MINIMUM = 1e-18;
const PRICE_LIMIT = 1e20;
/** Of volumes and adjusted closes. */
const OTHER_LIMIT = 1e30;

/** How the lines of one file become bars. */
export interface BarFormat {
  readonly timeframe: Timeframe;
  readonly calendar: string;
  readonly timeZone: string;
  /** Whether the file stamps intraday bars at their start, as most do. */
  readonly isStampedAtOpen: boolean;
}

/** One bar as it goes into the database. */
export interface BarRow {
  readonly line: number;
  readonly timeMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly adjustedClose: number | null;
}

/** Reads the lines of one file: give it the header, then each line. */
export class BarReader {
  readonly columns: readonly ImportColumn[];
  private readonly dialect: CsvDialect;
  private readonly format: BarFormat;
  private readonly width: number;
  private readonly index: Readonly<Record<string, number | undefined>>;

  constructor(headers: readonly string[], dialect: CsvDialect, format: BarFormat) {
    this.columns = detectColumns(headers, ALIASES);
    this.dialect = dialect;
    this.format = format;
    this.width = headers.length;
    this.index = Object.fromEntries(this.columns.map(({ field, index }) => [field, index]));
  }

  /** What is missing for bars to be read at all; null when nothing is. */
  headerProblem(headers: readonly string[]): ImportProblem | null {
    const missing = ['time', 'close'].filter((field) => this.index[field] === undefined);
    if (missing.length === 0) return null;
    const reason = `expected columns for ${missing.join(' and ')} (such as Date, Open, High, Low, Close, Volume), was ${shortened(headers.join(', ')) || 'an empty file'}`;
    return { line: 1, column: null, value: null, reason, severity: 'ERROR' };
  }

  /** One line as a bar, or what is wrong with it. */
  read(cells: readonly string[], line: number): BarRow | ImportProblem {
    if (cells.length !== this.width)
      return problem(line, null, null, `expected ${this.width} cells, was ${cells.length}`);
    const time = this.time(cells[this.index.time!], line);
    if (typeof time !== 'number') return time;
    const close = this.price(cells, 'close', line);
    if (typeof close !== 'number') return close;
    const values: Record<string, number> = { close };
    for (const field of ['open', 'high', 'low']) {
      const value = this.index[field] === undefined ? close : this.price(cells, field, line);
      if (typeof value !== 'number') return value;
      values[field] = value;
    }
    const { open, high, low } = values;
    if (high < Math.max(open, close, low))
      return this.problemAt('high', cells, line, `expected a high of at least ${Math.max(open, close, low)}`);
    if (low > Math.min(open, close))
      return this.problemAt('low', cells, line, `expected a low of at most ${Math.min(open, close)}`);
    const volume = this.optional(cells, 'volume', line);
    if (typeof volume === 'object' && volume !== null) return volume;
    const adjustedClose = this.optional(cells, 'adjustedClose', line);
    if (typeof adjustedClose === 'object' && adjustedClose !== null) return adjustedClose;
    return { line, timeMs: time, open, high, low, close, volume: volume ?? 0, adjustedClose };
  }

  private time(text: string, line: number): number | ImportProblem {
    const date = parseDate(text, this.dialect);
    const { timeframe, calendar, timeZone, isStampedAtOpen } = this.format;
    const header = this.columns.find(({ field }) => field === 'time')!.header;
    if (date === null)
      return problem(line, header, text, 'expected a date or a time such as 2024-05-31 or 2024-05-31 15:30');
    if (isDated(timeframe)) return sessionClose(date.year, date.month, date.day, calendar);
    if (date.time === null)
      return problem(line, header, text, `expected a time of day for bars of ${timeframe}`);
    const { hour, minute, second } = date.time;
    const timeMs =
      date.epochMs ?? zonedToUtc(date.year, date.month, date.day, hour, minute, second, timeZone);
    return isStampedAtOpen ? timeMs + TIMEFRAMES[timeframe].lengthMs : timeMs;
  }

  private price(cells: readonly string[], field: string, line: number): number | ImportProblem {
    const value = parseNumber(cells[this.index[field]!], this.dialect);
    if (!(value > 0)) return this.problemAt(field, cells, line, 'expected a price above 0');
    return value >= PRICE_MINIMUM && value < PRICE_LIMIT
      ? value
      : this.problemAt(field, cells, line, `expected a price from ${PRICE_MINIMUM} to below ${PRICE_LIMIT}`);
  }

  private optional(cells: readonly string[], field: string, line: number): number | null | ImportProblem {
    const index = this.index[field];
    if (index === undefined || cells[index].trim() === '') return null;
    const value = parseNumber(cells[index], this.dialect);
    if (!(value >= 0)) return this.problemAt(field, cells, line, 'expected a number of 0 or more');
    return value < OTHER_LIMIT
      ? value
      : this.problemAt(field, cells, line, `expected a number below ${OTHER_LIMIT}`);
  }

  private problemAt(field: string, cells: readonly string[], line: number, expected: string): ImportProblem {
    const column = this.columns.find((one) => one.field === field);
    return problem(line, column?.header ?? field, column ? cells[column.index] : null, expected);
  }
}

/** The beginning of a text that is too long to be shown. */
function shortened(text: string): string {
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

function problem(
  line: number,
  column: string | null,
  cell: string | null,
  expectation: string,
): ImportProblem {
  const value = cell === null ? null : shortened(cell);
  const reason = value === null ? expectation : `${expectation}, was ${value || 'empty'}`;
  return { line, column: column === '' ? '(first column)' : column, value, reason, severity: 'ERROR' };
}
