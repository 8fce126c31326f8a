import { type BrokerFormat, locale, withColumns } from './broker-format.ts';
import { type BrokerRow, CellError, readEach, type RowResult } from './broker-table.ts';
import { type BrokerTransactionKind, transaction } from './broker-transaction.ts';

const KINDS: readonly (readonly [RegExp, BrokerTransactionKind])[] = [
  [/^BUY\b/, 'BUY'],
  [/^SELL\b/, 'SELL'],
  [/^DIVIDEND TAX/, 'TAX'],
  [/^DIVIDEND\b/, 'DIVIDEND'],
  [/\bFEE\b/, 'FEE'],
  [/^STOCK SPLIT$/, 'SPLIT'],
  [/^SPIN-?OFF$/, 'SPIN_OFF'],
  [/^CASH TOP-UP$/, 'DEPOSIT'],
  [/^CASH WITHDRAWAL$/, 'WITHDRAWAL'],
];

/**
 * Revolut's account of shares; the file's own exchange rate is left out, because it does not say of what
 * currency.
 */
export const revolutInvest: BrokerFormat = {
  id: 'revolut-invest',
  name: 'Revolut stocks account statement',
  recognise: withColumns('Date', 'Ticker', 'Type', 'Price per share', 'Total Amount', 'Currency'),
  locale: locale('.', 'UTC', false),
  read: ({ rows }) => readEach(rows, read),
};

function read(row: BrokerRow): RowResult {
  const type = row.text('Type');
  const total = row.money('Total Amount').amount;
  const isTransfer = type.startsWith('TRANSFER FROM');
  if (isTransfer && row.text('Ticker') !== '') return 'moves holdings within Revolut';
  const known = KINDS.find(([pattern]) => pattern.test(type))?.[1];
  const kind = isTransfer ? (total.isNegative() ? 'TRANSFER_OUT' : 'TRANSFER_IN') : known;
  if (!kind) throw new CellError('Type', type, 'a type of Revolut such as BUY - MARKET');
  const amount = kind === 'BUY' ? total.negated() : total;
  return transaction({
    line: row.line,
    kind,
    ...row.time('Date'),
    symbol: row.text('Ticker'),
    quantity: row.decimalOrNull('Quantity'),
    price: row.moneyOrNull('Price per share')?.amount,
    amount,
    currency: row.currency('Currency'),
    fee: kind === 'FEE' ? amount.negated() : null,
    withholding: kind === 'TAX' ? amount.negated() : null,
    description: type,
  });
}
