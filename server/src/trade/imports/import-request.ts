import type { ImportResult } from '../../market-data/import-run.ts';
import type { BalanceCheck } from './balances.ts';
import type { CsvMapping } from './csv-mapping.ts';
import type { ImportedAccount } from './file-accounts.ts';
import type { InstrumentClue, Resolution, SymbolChoice } from './instrument-clues.ts';
import type { RowVerdict } from './plan.ts';

/** What an import of transactions was asked to do; stored with its run. */
export interface ImportTransactionsRequest extends Record<string, unknown> {
  readonly kind: 'TRANSACTIONS';
  readonly uploadId: string;
  readonly fileName: string | null;
  readonly portfolioId: string;
  readonly accountId: string;
  readonly baseCurrency: string;
  readonly actor: string;
  /** The format by its id; recognised by the header where it is null. */
  readonly formatId: string | null;
  /** How columns are read where no format knows the file. */
  readonly mapping: CsvMapping | null;
  /** Of times without a zone; the format's own where it is null. */
  readonly timeZone: string | null;
  /** Of the account, for files that do not name it. */
  readonly currency: string | null;
  readonly choices: readonly SymbolChoice[];
  /** Whether instruments that are not found are made as suggested. */
  readonly createsMissing: boolean;
  /** Whether who asked may make instruments, which everybody shares. */
  readonly mayMakeInstruments: boolean;
  /** Whether cash that the file's balances tell of before its first row is recorded. */
  readonly recordsOpeningBalances: boolean;
  readonly dryRun: boolean;
  readonly skipInvalid: boolean;
}

/** How an instrument of the file was found, or what it might be. */
export interface ResolvedClue extends InstrumentClue {
  readonly rowCount: number;
  readonly resolution: Resolution;
}

/** What an import of transactions found; stored as the result of its run. */
export interface TransactionImportResult extends ImportResult {
  format: { id: string; name: string };
  verdicts: Record<RowVerdict, number>;
  instruments: readonly ResolvedClue[];
  balances: BalanceCheck | null;
  /** The accounts that it makes or changes. */
  accounts: readonly ImportedAccount[];
}
