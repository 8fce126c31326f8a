import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import type { ImportProblem } from '../../market-data/csv.ts';
import { TRANSACTION_KINDS, type TransactionKind } from '../transaction-kinds.ts';
import { accountsOfHead, type FileAccount, noteAccounts, timeOf } from './file-accounts.ts';
import { EMPTY_SUMMARY, type ImportFile, type ImportItem, type ItemDraft } from './import-item.ts';
import { clueKey, type InstrumentClue, mergeClues } from './instrument-clues.ts';

/** The project's own form of a ledger, which holds everything that its transactions have. */
export const LEDGER_FILE = { id: 'ai-trading', name: 'AI Trading ledger' };

const NUMBERS = [
  'quantity',
  'price',
  'amount',
  'fee',
  'tax',
  'netAmount',
  'units',
  'perUnits',
  'basisFraction',
  'costBasis',
  'exchangeRate',
  'otherAmount',
] as const;

/** The fields of a transaction in a file, in the order of the columns of a CSV. */
export const LEDGER_FIELDS = [
  'id',
  'kind',
  'time',
  'account',
  'symbol',
  'quantity',
  'price',
  'amount',
  'fee',
  'tax',
  'currency',
  'netAmount',
  'exchangeRate',
  'rateCurrency',
  'otherAmount',
  'otherCurrency',
  'units',
  'perUnits',
  'otherSymbol',
  'basisFraction',
  'costBasis',
  'acquired',
  'toAccount',
  'lots',
  'externalId',
  'note',
  'voided',
  'replacedBy',
  'name',
  'isin',
  'instrumentCurrency',
  'assetClass',
  'lotMethod',
  'toLotMethod',
  'closedAt',
  'toClosedAt',
] as const;

/** A field of a transaction in a file. */
export type LedgerField = (typeof LEDGER_FIELDS)[number];

/** A transaction as a file holds it: every field a text, null where it has none; lots are ids with spaces between. */
export type LedgerRecord = Readonly<Record<LedgerField, string | null>>;

const DECIMAL = /^-?\d{1,20}(\.\d{1,18})?$/;
const CURRENCY = /^[A-Z][A-Z0-9]{1,9}$/;

/** Whether a text begins as a ledger in one of the two forms does. */
export function isLedgerFile(text: string): boolean {
  return isLedgerJson(text) || isLedgerCsv(text);
}

function isLedgerJson(text: string): boolean {
  return /^\s*\{\s*"format"\s*:\s*"ai-trading-ledger"/.test(text);
}

function isLedgerCsv(text: string): boolean {
  return text.startsWith('id,kind,time,account,symbol,');
}

/** Reads a ledger as CSV or JSON. */
export function readLedgerFile(text: string): ImportFile {
  const { records, accounts } = isLedgerJson(text)
    ? partsOfJson(text)
    : { records: recordsOfCsv(text), accounts: [] };
  const told = new Map(accounts.map((one) => [one.name, one]));
  const items = records.map(({ line, record, problem }) => {
    return record ? itemOf(line, record, told) : failed(line, problem!);
  });
  const clues = records.flatMap(({ record }) => (record ? cluesOf(record) : []));
  return {
    format: LEDGER_FILE,
    items,
    clues: mergeClues(clues),
    balances: [],
    accounts: [...told.values()],
  };
}

interface NumberedRecord {
  readonly line: number;
  readonly record: LedgerRecord | null;
  readonly problem?: string;
}

function recordsOfCsv(text: string): NumberedRecord[] {
  const parsed = parse(text, {
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    info: true,
  }) as unknown as { record: string[]; info: { lines: number } }[];
  const [{ record: header }, ...rows] = parsed;
  return rows.map(({ record: cells }, index) => {
    const line = parsed[index].info.lines + 1;
    const cellOf = (field: LedgerField) => cells[header.indexOf(field)] ?? '';
    const record = Object.fromEntries(
      LEDGER_FIELDS.map((field) => [field, unescaped(cellOf(field)) || null]),
    );
    return { line, record: record as LedgerRecord };
  });
}

/** The parts of a ledger as JSON; where they cannot be told, one problem stands for all of it. */
function partsOfJson(text: string): { records: NumberedRecord[]; accounts: readonly FileAccount[] } {
  const broken = (problem: string) => ({ records: [{ line: 1, record: null, problem }], accounts: [] });
  let parts: { readonly transactions?: unknown; readonly accounts?: unknown };
  try {
    parts = JSON.parse(text) as typeof parts;
  } catch (error) {
    return broken(`expected JSON, was broken: ${(error as Error).message}`);
  }
  const accounts = accountsOfHead(parts.accounts);
  if (typeof accounts === 'string') return broken(accounts);
  return Array.isArray(parts.transactions)
    ? { records: recordsOfJson(parts.transactions), accounts }
    : broken('expected a list of transactions, was none');
}

function recordsOfJson(transactions: readonly unknown[]): NumberedRecord[] {
  return transactions.map((one, index) => {
    const fields = one !== null && typeof one === 'object' ? (one as Record<string, unknown>) : {};
    const wrong = LEDGER_FIELDS.find(
      (field) => !/^(string|undefined)$/.test(typeof (fields[field] ?? undefined)),
    );
    if (wrong)
      return {
        line: index + 1,
        record: null,
        problem: `expected a text for ${wrong}, was ${JSON.stringify(fields[wrong])}`,
      };
    const record = Object.fromEntries(
      LEDGER_FIELDS.map((field) => [field, (fields[field] as string) || null]),
    );
    return { line: index + 1, record: record as LedgerRecord };
  });
}

function itemOf(line: number, record: LedgerRecord, told: Map<string, FileAccount>): ImportItem {
  const draft = noteAccounts(record, told) ?? draftOf(record);
  const { quantity, price, netAmount, amount, currency, fee, tax, note } = record;
  const summary = {
    ...EMPTY_SUMMARY,
    kind: record.kind,
    occurredAt: typeof draft === 'string' ? null : draft.executedAt.toISOString(),
    instrument: record.symbol,
    quantity,
    price,
    amount: netAmount ?? amount,
    currency,
    fee,
    tax,
    description: record.voided ? `voided: ${record.voided}` : note,
  };
  if (typeof draft === 'string') return { ...failed(line, draft), summary };
  return { line, summary, fingerprint: fingerprintOf(record), drafts: [draft], error: null, skipped: null };
}

/** The id is that of the transaction wherever the ledger goes; without one, what it says. */
function fingerprintOf(record: LedgerRecord): string {
  if (record.id !== null) return `ledger ${record.id}`;
  return createHash('sha256')
    .update(JSON.stringify(withoutAccounts(record)))
    .digest('hex')
    .slice(0, 32);
}

/** What a record says of itself: not how its accounts are, which older files do not have. */
export function withoutAccounts({
  lotMethod: _method,
  toLotMethod: _otherMethod,
  closedAt: _closed,
  toClosedAt: _otherClosed,
  ...own
}: LedgerRecord): Partial<LedgerRecord> {
  return own;
}

function failed(line: number, reason: string): ImportItem {
  const error: ImportProblem = { line, column: null, value: null, reason, severity: 'ERROR' };
  return { line, summary: EMPTY_SUMMARY, fingerprint: null, drafts: [], error, skipped: null };
}

/** A record as a draft, or what is wrong with it. */
function draftOf(record: LedgerRecord): ItemDraft | string {
  const { kind, time, currency, acquired } = record;
  if (kind === null || !(kind in TRANSACTION_KINDS))
    return `expected a kind such as BUY, was ${kind ?? 'none'}`;
  const executedAt = timeOf(time);
  if (!executedAt) return `expected a time such as 2024-05-31T15:30:00.000Z, was ${time ?? 'none'}`;
  const acquiredAt = timeOf(acquired);
  if (acquired !== null && !acquiredAt) return `expected a time of acquisition, was ${acquired}`;
  const wrong = NUMBERS.find((field) => record[field] !== null && !DECIMAL.test(record[field]));
  if (wrong) return `expected a number for ${wrong}, was ${record[wrong]}`;
  const money = [currency, record.otherCurrency].find((code) => code !== null && !CURRENCY.test(code));
  if (money) return `expected a currency such as USD, was ${money}`;
  const numbers = Object.fromEntries(NUMBERS.map((field) => [field, nonZero(field, record[field])]));
  return {
    ...numbers,
    netAmount: record.netAmount,
    kind: kind as TransactionKind,
    executedAt,
    hasTime: true,
    acquiredAt,
    currency,
    otherCurrency: record.otherCurrency,
    rateCurrency: record.rateCurrency,
    symbol: record.symbol === null ? null : clueKey({ ...record, symbol: record.symbol, isin: null }),
    otherSymbol: record.otherSymbol === null ? null : `symbol ${record.otherSymbol.toUpperCase()}`,
    account: record.account,
    counterAccountId: record.toAccount,
    fileId: record.id,
    lotIds: record.lots?.split(' ') ?? [],
    externalId: record.externalId,
    note: record.note,
    voided: record.voided === null ? null : { reason: record.voided, replacementFileId: record.replacedBy },
  };
}

/** A fee or tax of 0 is none. */
function nonZero(field: LedgerField, text: string | null): string | null {
  return (field === 'fee' || field === 'tax') && text !== null && Number(text) === 0 ? null : text;
}

/** Instruments go by their symbol, which is unique in the ledger they come from. */
function cluesOf({
  symbol,
  otherSymbol,
  name,
  isin,
  instrumentCurrency,
  assetClass,
}: LedgerRecord): InstrumentClue[] {
  const clue = (own: string): InstrumentClue => {
    return {
      key: `symbol ${own.toUpperCase()}`,
      symbol: own,
      isin: null,
      name: null,
      currency: null,
      assetClass: null,
    };
  };
  return [
    ...(symbol === null ? [] : [{ ...clue(symbol), isin, name, currency: instrumentCurrency, assetClass }]),
    ...(otherSymbol === null ? [] : [clue(otherSymbol)]),
  ];
}

// Spreadsheets run a text that begins like this.
const FORMULA = /^'*[=+\-@\t\r]/;
const PLAIN: readonly LedgerField[] = [...NUMBERS, 'time', 'acquired'];

/** The header of a ledger as CSV. */
export const LEDGER_CSV_HEADER = `${LEDGER_FIELDS.join(',')}\n`;

/** A transaction as a line of CSV. */
export function ledgerCsvLine(record: LedgerRecord): string {
  const cells = LEDGER_FIELDS.map((field) => {
    const text = record[field] ?? '';
    return quoted(FORMULA.test(text) && !PLAIN.includes(field) ? `'${text}` : text);
  });
  return `${cells.join(',')}\n`;
}

function unescaped(text: string): string {
  return FORMULA.test(text) && text.startsWith("'") ? text.slice(1) : text;
}

function quoted(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
