import { type BrokerFormat, locale } from './broker-format.ts';
import { type BrokerRow, CellError, readEach } from './broker-table.ts';
import {
  BROKER_TRANSACTION_KINDS,
  type BrokerTransaction,
  type BrokerTransactionKind,
  transaction,
} from './broker-transaction.ts';

type Column = readonly [header: string, cell: (row: BrokerTransaction) => string | null | undefined];

const COLUMNS: readonly Column[] = [
  ['kind', (row) => row.kind],
  ['time', timeText],
  ['symbol', (row) => row.symbol],
  ['isin', (row) => row.isin],
  ['name', (row) => row.name],
  ['quantity', (row) => row.quantity],
  ['price', (row) => row.price],
  ['price_currency', (row) => row.priceCurrency],
  ['amount', (row) => row.amount],
  ['currency', (row) => row.currency],
  ['fee', (row) => row.fee],
  ['tax', (row) => row.tax],
  ['withholding', (row) => row.withholding],
  ['fx_from', (row) => row.fxRate?.from],
  ['fx_to', (row) => row.fxRate?.to],
  ['fx_rate', (row) => row.fxRate?.rate],
  ['original_currency', (row) => row.original?.currency],
  ['original_gross', (row) => row.original?.gross],
  ['original_withholding', (row) => row.original?.withholding],
  ['account', (row) => row.account],
  ['external_id', (row) => row.externalId],
  ['group', (row) => row.group],
  ['description', (row) => row.description],
];
const HEADERS = COLUMNS.map(([header]) => header);

/** The project's own form of transactions as CSV, which holds everything that a row has. */
export const portableCsv: BrokerFormat = {
  id: 'ai-trading',
  name: 'AI Trading transactions',
  recognise: (header) => HEADERS.every((column, index) => header[index] === column),
  locale: locale('.', 'UTC', false),
  read: ({ rows }) => readEach(rows, read),
};

/** Transactions as CSV that is read back to equal transactions, but for their line numbers. */
export function writePortableCsv(rows: readonly BrokerTransaction[]): string {
  const lines = rows.map((row) => COLUMNS.map(([, cell]) => quoted(cell(row) ?? '')).join(','));
  return [HEADERS.join(','), ...lines, ''].join('\n');
}

function quoted(text: string): string {
  return /[",\r\n;|\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function timeText({ occurredAtMs, hasTime }: BrokerTransaction): string {
  const time = new Date(occurredAtMs).toISOString();
  return hasTime ? time : time.slice(0, 10);
}

function read(row: BrokerRow): BrokerTransaction {
  const kind = row.text('kind');
  if (!isKind(kind)) throw new CellError('kind', kind, `one of ${BROKER_TRANSACTION_KINDS.join(', ')}`);
  const rate = row.decimalOrNull('fx_rate');
  const originalCurrency = row.text('original_currency');
  return transaction({
    line: row.line,
    kind,
    ...row.time('time'),
    symbol: row.text('symbol'),
    isin: row.text('isin'),
    name: row.text('name'),
    quantity: row.decimalOrNull('quantity'),
    price: row.decimalOrNull('price'),
    priceCurrency: row.text('price_currency') || null,
    amount: row.decimal('amount'),
    currency: row.text('currency'),
    fee: row.decimalOrNull('fee'),
    tax: row.decimalOrNull('tax'),
    withholding: row.decimalOrNull('withholding'),
    fxRate: rate && { from: row.text('fx_from'), to: row.text('fx_to'), rate: rate.toFixed() },
    original:
      originalCurrency === ''
        ? null
        : {
            currency: originalCurrency,
            gross: row.decimalOrNull('original_gross')?.toFixed() ?? null,
            withholding: row.decimal('original_withholding').toFixed(),
          },
    account: row.text('account'),
    externalId: row.text('external_id'),
    group: row.text('group'),
    description: row.text('description'),
  });
}

function isKind(text: string): text is BrokerTransactionKind {
  return (BROKER_TRANSACTION_KINDS as readonly string[]).includes(text);
}
