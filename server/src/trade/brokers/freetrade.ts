import { Decimal } from '../../platform/decimal.ts';
import { type BrokerFormat, locale, withColumns } from './broker-format.ts';
import { type BrokerRow, CellError, readEach, type RowResult } from './broker-table.ts';
import {
  type BrokerTransaction,
  type BrokerTransactionKind,
  type StatedParts,
  transaction,
} from './broker-transaction.ts';

const CASH_KINDS: Readonly<Record<string, BrokerTransactionKind>> = {
  TOP_UP: 'DEPOSIT',
  WITHDRAWAL: 'WITHDRAWAL',
  INTEREST_FROM_CASH: 'INTEREST',
  DIVIDEND: 'DIVIDEND',
  PROPERTY: 'DIVIDEND',
};

/**
 * Freetrade's activity; totals have no sign, are in the account's currency and after fees and duties. Of its
 * two rates the base one is taken: the other has the fee in it.
 */
export const freetrade: BrokerFormat = {
  id: 'freetrade',
  name: 'Freetrade activity feed',
  recognise: withColumns('Title', 'Type', 'Timestamp', 'Account Currency', 'Total Amount', 'Stamp Duty'),
  locale: locale('.', 'UTC', false),
  read: ({ rows }) => readEach(rows, read),
};

function read(row: BrokerRow): RowResult {
  const type = row.text('Type');
  if (/_STATEMENT$|_CERTIFICATE$/.test(type)) return 'a document';
  const shared = {
    line: row.line,
    ...row.time('Timestamp'),
    symbol: row.text('Ticker'),
    isin: row.text('ISIN'),
    name: row.text('Ticker') && row.text('Title'),
    currency: row.currency('Account Currency'),
    externalId: row.text('Order ID'),
    description: row.text('Title'),
  };
  if (type === 'ORDER' || type === 'FREESHARE_ORDER') return order(row, shared, type === 'FREESHARE_ORDER');
  const kind = CASH_KINDS[type];
  if (!kind) throw new CellError('Type', type, 'a type of Freetrade such as ORDER');
  const total = row.decimal('Total Amount');
  const payment = { ...shared, kind, amount: kind === 'WITHDRAWAL' ? total.negated() : total };
  return kind === 'DIVIDEND' ? dividend(row, payment) : transaction(payment);
}

function order(row: BrokerRow, shared: Omit<StatedParts, 'kind'>, isFree: boolean): BrokerTransaction {
  const side = row.text('Buy / Sell');
  if (side !== 'BUY' && side !== 'SELL') throw new CellError('Buy / Sell', side, 'BUY or SELL');
  const traded = {
    ...shared,
    quantity: row.decimal('Quantity'),
    price: row.decimal('Price per Share'),
    priceCurrency: row.currency('Instrument Currency'),
  };
  // The total of a free share is its worth; nothing was paid.
  if (isFree) return transaction({ ...traded, kind: 'REWARD' });
  const total = row.decimal('Total Amount');
  const rate = row.decimalOrNull('Base FX Rate');
  return transaction({
    ...traded,
    kind: side,
    amount: side === 'BUY' ? total.negated() : total,
    fee: row.decimalOrNull('FX Fee Amount'),
    tax: row.decimalOrNull('Stamp Duty'),
    fxRate: statedRate(shared.currency, traded.priceCurrency, rate),
  });
}

/**
 * Dividends state their rate the other way round, and their gross amount and tax in the instrument's
 * currency.
 */
function dividend(row: BrokerRow, payment: StatedParts): BrokerTransaction {
  const currency = row.currency('Instrument Currency');
  const withheld = row.decimalOrNull('Dividend Withheld Tax Amount') ?? new Decimal(0);
  const gross = row.decimalOrNull('Dividend Gross Distribution Amount');
  const rate = row.decimalOrNull('Base FX Rate');
  const isConverted = currency !== payment.currency;
  return transaction({
    ...payment,
    quantity: row.decimalOrNull('Dividend Eligible Quantity'),
    price: row.decimalOrNull('Dividend Amount Per Share'),
    priceCurrency: currency,
    withholding: isConverted ? null : withheld,
    fxRate: statedRate(currency, payment.currency, rate),
    original: isConverted
      ? { currency, gross: gross?.toFixed() ?? null, withholding: withheld.toFixed() }
      : null,
  });
}

function statedRate(from: string | null | undefined, to: string | null | undefined, rate: Decimal | null) {
  return rate && from && to ? { from, to, rate: rate.toFixed() } : null;
}
