import { FORMAT_NAMES, formatOf } from '../brokers/registry.ts';
import { isLedgerFile, LEDGER_FILE } from './ledger-file.ts';

/** A format of files as people choose it. */
export interface FileFormat {
  readonly id: string;
  readonly name: string;
}

/** The formats that imports recognise, by name: those of brokers, and the ledgers that are exported here. */
export const FILE_FORMATS: readonly FileFormat[] = [...FORMAT_NAMES, LEDGER_FILE].toSorted((a, b) =>
  a.name < b.name ? -1 : 1,
);

/** The format of a file by its beginning, without a byte order mark; null where none knows it. */
export function fileFormatOf(head: string): FileFormat | null {
  return isLedgerFile(head) ? LEDGER_FILE : formatOf(head);
}
