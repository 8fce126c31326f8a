import { BrokerRow, type BrokerRecord, type Locale } from './broker-table.ts';
import type { BrokerRows } from './broker-transaction.ts';

/** A table of a file: what stands above the header, the header, and the rows under it. */
export interface BrokerTable {
  readonly preamble: readonly BrokerRecord[];
  readonly header: readonly string[];
  readonly rows: readonly BrokerRow[];
  /** Of the account, for files that do not name it. */
  readonly currency: string | null;
}

/** What the person who imports a file adds to it. */
export interface ImportHints {
  /** Of times that name no zone; the broker's own where it is absent. */
  readonly timeZone?: string;
  /** Of the account, for the files that do not name it. */
  readonly currency?: string;
  /** The one format to read it as, where several would do. */
  readonly formatId?: string;
}

/** How the export of one broker is recognised and read. */
export interface BrokerFormat {
  readonly id: string;
  readonly name: string;
  /** Whether a record is the header of this format. */
  recognise(header: readonly string[]): boolean;
  /** How this file writes numbers and times. */
  locale(header: readonly string[]): Locale;
  read(table: BrokerTable): BrokerRows;
}

/** A recogniser for headers that have all of these columns. */
export function withColumns(...columns: string[]): (header: readonly string[]) => boolean {
  return (header) => columns.every((column) => header.includes(column));
}

/** A locale that does not depend on the file. */
export function locale(decimalSign: '.' | ',', timeZone: string, isDayFirst = true): () => Locale {
  return () => ({ decimalSign, timeZone, isDayFirst });
}

/** The table that a header divides. */
export function tableOf(
  format: BrokerFormat,
  records: readonly BrokerRecord[],
  headerIndex: number,
  { timeZone, currency }: ImportHints,
): BrokerTable {
  const header = records[headerIndex].cells;
  const ownLocale = format.locale(header);
  const rowLocale = timeZone === undefined ? ownLocale : { ...ownLocale, timeZone };
  return {
    preamble: records.slice(0, headerIndex),
    header,
    currency: currency ?? null,
    rows: records.slice(headerIndex + 1).map((record) => new BrokerRow(record, header, rowLocale)),
  };
}
