import { type CsvError, parse } from 'csv-parse/sync';
import type { Decimal } from '../../platform/decimal.ts';
import { zonedToUtc } from '../../market-data/calendar.ts';
import { type ImportProblem, parseDate } from '../../market-data/csv.ts';
import { type DecimalSign, decimalOf, moneyOf, type WrittenMoney } from './decimal-text.ts';
import type { BrokerRows, BrokerTransaction, StatedBalance } from './broker-transaction.ts';

/** One record of a file with the line on which it begins. */
export interface BrokerRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/** How the numbers and times of one file are written. */
export interface Locale {
  readonly decimalSign: DecimalSign;
  /** For dates such as 3/4/2024. */
  readonly isDayFirst: boolean;
  /** Of times that name no zone. */
  readonly timeZone: string;
}

/** The records of a file, blank ones left out, and where it is no CSV. */
export interface BrokerRecords {
  readonly records: readonly BrokerRecord[];
  readonly errors: readonly ImportProblem[];
}

/** Longer cells are no text of a broker, and would hold up whatever looks for words in them. */
const CELL_CHARACTERS_MAXIMUM = 10_000;

/**
 * Reads the records of a file, or its first ones; a record may go over several lines. One that has a cell of more
 * than 10,000 characters is an error and is left out.
 */
export function readRecords(text: string, delimiter: string, recordsMax?: number): BrokerRecords {
  const errors: ImportProblem[] = [];
  const options = {
    bom: true,
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    info: true,
    to: recordsMax ?? -1,
    skip_records_with_error: true,
    on_skip: (error: CsvError | undefined) => {
      errors.push(brokenRecord(error));
      return undefined;
    },
  } as const;
  // The types of csv-parse leave out what `info` does to its records.
  const parsed = parse(text, options) as unknown as { record: string[]; info: { lines: number } }[];
  const records = parsed
    .map(({ record }, index) => ({
      line: (parsed[index - 1]?.info.lines ?? 0) + 1,
      cells: record.map((cell) => cell.trim()),
    }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''));
  const tooLong = records.flatMap((record) => longCells(record));
  const lines = new Set(tooLong.map(({ line }) => line));
  return { records: records.filter(({ line }) => !lines.has(line)), errors: [...errors, ...tooLong] };
}

function longCells({ line, cells }: BrokerRecord): ImportProblem[] {
  return cells.flatMap((cell, index): ImportProblem[] => {
    if (cell.length <= CELL_CHARACTERS_MAXIMUM) return [];
    const value = shortened(cell);
    const reason = `expected a cell of at most ${CELL_CHARACTERS_MAXIMUM} characters in column ${index + 1}, was one of ${cell.length}: ${value}`;
    return [{ line, column: null, value, reason, severity: 'ERROR' }];
  });
}

/** The only record that is refused has a quote that is never closed: it goes to the end of the file. */
function brokenRecord(error: CsvError | undefined): ImportProblem {
  const line = Number(error?.lines ?? 1);
  return {
    line,
    column: null,
    value: null,
    reason: `expected a closing quote after the one in line ${line}, was the end of the file`,
    severity: 'ERROR',
  };
}

const SHOWN_CHARACTERS = 100;

/** The beginning of a text that is too long to be shown. */
function shortened(text: string): string {
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

/** A cell that cannot be used: ends the reading of its row and becomes a problem of the import. */
export class CellError extends Error {
  readonly column: string | null;
  readonly value: string | null;

  constructor(column: string | null, value: string | null, expectation: string) {
    const shown = value === null ? null : shortened(value);
    super(`expected ${expectation}, was ${shown || 'empty'}`);
    this.column = column;
    this.value = shown;
  }
}

/** One record under its header. */
export class BrokerRow {
  readonly line: number;
  readonly cells: readonly string[];
  /** Of times of this row that name no zone. */
  readonly timeZone: string;
  private readonly header: readonly string[];
  private readonly locale: Locale;

  constructor(record: BrokerRecord, header: readonly string[], locale: Locale) {
    this.line = record.line;
    this.cells = record.cells;
    this.header = header;
    this.locale = locale;
    this.timeZone = locale.timeZone;
  }

  /** The cell under a header, or `offset` cells to its right; empty where the file lacks the column. */
  text(column: string, offset = 0): string {
    const index = this.header.indexOf(column);
    return index < 0 ? '' : (this.cells[index + offset] ?? '');
  }

  /** The same row with another text in one cell. */
  withCell(index: number, text: string): BrokerRow {
    return new BrokerRow({ line: this.line, cells: this.cells.with(index, text) }, this.header, this.locale);
  }

  /** A cell that must have a number. */
  decimal(column: string, offset = 0): Decimal {
    const text = this.text(column, offset);
    const value = decimalOf(text, this.locale.decimalSign);
    if (!value) throw new CellError(column, text, 'a number');
    return value;
  }

  /** A number, or null where the cell is empty or a dash. */
  decimalOrNull(column: string, offset = 0): Decimal | null {
    return /^-?$/.test(this.text(column, offset)) ? null : this.decimal(column, offset);
  }

  /** A cell that must have an amount, with the currency beside it where it has one. */
  money(column: string): WrittenMoney {
    const text = this.text(column);
    const money = moneyOf(text, this.locale.decimalSign);
    if (!money) throw new CellError(column, text, 'an amount of money');
    return money;
  }

  /** An amount, or null where the cell is empty. */
  moneyOrNull(column: string): WrittenMoney | null {
    return this.text(column) === '' ? null : this.money(column);
  }

  /** A cell that must have a currency or a coin. */
  currency(column: string, offset = 0): string {
    const text = this.text(column, offset);
    if (!/^[A-Za-z0-9]{2,20}$/.test(text)) throw new CellError(column, text, 'a currency code such as USD');
    return text === 'GBX' ? text : text.toUpperCase();
  }

  /** An ISIN, or null where the cell is empty or has something else. */
  isin(column: string): string | null {
    return isinOf(this.text(column));
  }

  /** When the row happened: a date, with a time where the file has one. */
  time(column: string, text = this.text(column), zone = this.timeZone): Occurrence {
    const occurrence = occurrenceOf(text, this.locale.isDayFirst, zone);
    if (!occurrence) throw new CellError(column, text, 'a date or a time');
    return occurrence;
  }
}

/** When something happened; midnight UTC where only the day is known. */
export interface Occurrence {
  readonly occurredAtMs: number;
  readonly hasTime: boolean;
}

/** A date or time as files write it, to the millisecond, or null where it is none. */
export function occurrenceOf(text: string, isDayFirst: boolean, zone: string): Occurrence | null {
  const date = parseDate(text, { isDayFirst });
  if (!date) return null;
  const { year, month, day, time } = date;
  const fraction = /:\d{2}\.(\d+)/.exec(text)?.[1] ?? '';
  const fractionMs = Number(fraction.padEnd(3, '0').slice(0, 3));
  const { hour, minute, second } = time ?? { hour: 0, minute: 0, second: 0 };
  const secondMs = date.epochMs ?? zonedToUtc(year, month, day, hour, minute, second, time ? zone : 'UTC');
  return { occurredAtMs: secondMs + fractionMs, hasTime: time !== null };
}

/** An ISIN by its form, or null. */
export function isinOf(text: string): string | null {
  return /^[A-Z]{2}[A-Z0-9]{9}\d$/.test(text) ? text : null;
}

/** The result of reading one row: transactions, or the reason why it has none. */
export type RowResult = BrokerTransaction | BrokerTransaction[] | string;

/** Reads row by row; a row that fails becomes a problem and leaves the others alone. */
export function readEach<Row extends { readonly line: number }>(
  rows: readonly Row[],
  read: (row: Row) => RowResult,
): BrokerRows {
  const result: BrokerRows = { rows: [], skipped: [], errors: [] };
  for (const row of rows) {
    try {
      const value = read(row);
      if (typeof value === 'string') result.skipped.push({ line: row.line, reason: value });
      else result.rows.push(...[value].flat());
    } catch (error) {
      result.errors.push(problemOf(error, row.line));
    }
  }
  return result;
}

/** The running balances of a table; a cell that has none, and a row that has no time, tells nothing. */
export function balancesOf(
  rows: readonly BrokerRow[],
  read: (row: BrokerRow) => Omit<StatedBalance, 'line' | 'amount'> & { readonly amount: Decimal | null },
): StatedBalance[] {
  return rows.flatMap((row) => {
    try {
      const { asset, occurredAtMs, amount } = read(row);
      return amount === null ? [] : [{ line: row.line, occurredAtMs, asset, amount: amount.toFixed() }];
    } catch (error) {
      if (error instanceof CellError) return [];
      throw error;
    }
  });
}

/** A row's failure as a problem of the import; a failure that is none of the file's is thrown on. */
export function problemOf(error: unknown, line: number): ImportProblem {
  if (!(error instanceof CellError)) throw error;
  return { line, column: error.column, value: error.value, reason: error.message, severity: 'ERROR' };
}
