import type { ImportProblem } from '../../market-data/csv.ts';
import type { StatedBalance } from '../brokers/broker-transaction.ts';
import type { TransactionDraft } from '../transaction-draft.ts';
import type { FileAccount } from './file-accounts.ts';
import type { InstrumentClue } from './instrument-clues.ts';

/** What a table of rows shows of one: texts as the file has them. */
export interface RowSummary {
  readonly kind: string | null;
  /** ISO 8601; null where the file says none. */
  readonly occurredAt: string | null;
  readonly instrument: string | null;
  readonly quantity: string | null;
  readonly price: string | null;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly fee: string | null;
  readonly tax: string | null;
  readonly description: string | null;
}

/** A row's transaction on its way: symbols are keys of clues, accounts and transactions are named as the file does. */
export interface ItemDraft extends TransactionDraft {
  readonly currency: string | null;
  readonly externalId: string | null;
  readonly note: string | null;
  readonly hasTime: boolean;
  /** Only of files that have several accounts. */
  readonly account?: string | null;
  /** What the exchange rate is into, where the file says it. */
  readonly rateCurrency?: string | null;
  /** How the file refers to it. */
  readonly fileId?: string | null;
  /** The cash it moved, to the last digit, where the file says it. */
  readonly netAmount?: string | null;
  readonly voided?: { readonly reason: string; readonly replacementFileId: string | null } | null;
}

/** One row of a file: what it shows, and the transactions it stands for or why there are none. */
export interface ImportItem {
  readonly line: number;
  readonly summary: RowSummary;
  /** The same whenever the row is read again; null where it is no transaction. */
  readonly fingerprint: string | null;
  readonly drafts: readonly ItemDraft[];
  readonly error: ImportProblem | null;
  readonly skipped: string | null;
}

/** A file of transactions, read. */
export interface ImportFile {
  readonly format: { readonly id: string; readonly name: string };
  readonly items: readonly ImportItem[];
  readonly clues: readonly InstrumentClue[];
  readonly balances: readonly StatedBalance[];
  /** Of a ledger, which has several, with their methods for lots where it states them. */
  readonly accounts?: readonly FileAccount[];
  /** Names its header, where its columns are mapped. */
  readonly shape?: string;
}

/** A summary that says nothing. */
export const EMPTY_SUMMARY: RowSummary = {
  kind: null,
  occurredAt: null,
  instrument: null,
  quantity: null,
  price: null,
  amount: null,
  currency: null,
  fee: null,
  tax: null,
  description: null,
};
