import { Decimal } from '../../platform/decimal.ts';
import { type BrokerFormat, locale, withColumns } from './broker-format.ts';
import {
  type BrokerRow,
  CellError,
  isinOf,
  type Occurrence,
  readEach,
  type RowResult,
} from './broker-table.ts';
import {
  type BrokerRows,
  type BrokerTransaction,
  type BrokerTransactionKind,
  transaction,
} from './broker-transaction.ts';

const KINDS: Readonly<Record<string, BrokerTransactionKind>> = {
  BUY: 'BUY',
  SELL: 'SELL',
  PRIVATE_MARKET_BUY: 'BUY',
  PRIVATE_MARKET_SELL: 'SELL',
  DIVIDEND: 'DIVIDEND',
  DISTRIBUTION: 'DIVIDEND',
  DIVIDEND_EQUIVALENT_PAYMENT: 'DIVIDEND',
  INTEREST_PAYMENT: 'INTEREST',
  BENEFITS_SAVEBACK: 'REWARD',
  EARNINGS: 'TAX',
  PRE_DETERMINED_TAX_BASE: 'TAX',
  SEC_ACCOUNT: 'TAX',
  TAX_OPTIMIZATION: 'TAX',
  SPLIT: 'SPLIT',
};
const CASH_MOVES = new RegExp(
  '^(CARD_TRANSACTION|GIFT|CUSTOMER_(INPAYMENT|INBOUND|OUTBOUND_REQUEST)|' +
    'TRANSFER_(INSTANT_)?(IN|OUT)(BOUND)?)$',
);
/** Repayments come as a row of cash and a row of units. */
const REPAID = /^(FINAL_MATURITY|TILG|REDEMPTION|WARRANT_EXERCISE)$/;

/** Trade Republic's transaction export; an amount is before fee and tax, which have columns of their own. */
export const tradeRepublic: BrokerFormat = {
  id: 'trade-republic',
  name: 'Trade Republic transaction export',
  recognise: withColumns('datetime', 'category', 'type', 'asset_class', 'shares', 'transaction_id'),
  locale: locale('.', 'UTC'),
  read({ rows }) {
    const repayments = rows.filter((row) => row.text('category') === 'CASH' && REPAID.test(row.text('type')));
    return withoutReversals(readEach(rows, (row) => read(row, repayments)));
  },
};

function read(row: BrokerRow, repayments: readonly BrokerRow[]): RowResult {
  const amount = row.decimalOrNull('amount') ?? new Decimal(0);
  const fee = row.decimalOrNull('fee') ?? new Decimal(0);
  const tax = row.decimalOrNull('tax') ?? new Decimal(0);
  if (row.text('category') === 'CORPORATE_ACTION' && REPAID.test(row.text('type'))) {
    const payment = repayments.find(
      (one) =>
        one.text('symbol') === row.text('symbol') &&
        one.decimal('shares').abs().equals(row.decimal('shares').abs()),
    );
    if (payment) return `the units of the repayment in line ${payment.line}`;
  }
  const original = row.decimalOrNull('original_amount');
  const currency = row.text('currency') || 'EUR';
  const from = row.text('original_currency');
  return transaction({
    line: row.line,
    kind: kindOf(row, amount.isNegative()),
    ...timeOf(row),
    symbol: isinOf(row.text('symbol')) ? null : row.text('symbol'),
    isin: row.isin('symbol'),
    name: row.text('name'),
    quantity: row.decimalOrNull('shares'),
    price: row.decimalOrNull('price'),
    amount: amount.plus(fee).plus(tax),
    currency,
    fee: fee.negated(),
    tax: tax.negated(),
    fxRate: from ? { from, to: currency, rate: row.decimal('fx_rate').toFixed() } : null,
    original: original && { currency: from, gross: original.toFixed(), withholding: '0' },
    account: row.text('account_type'),
    externalId: row.text('transaction_id'),
    description: row.text('description'),
  });
}

/** A row without its time of day is written as midnight. */
function timeOf(row: BrokerRow): Occurrence {
  const text = row.text('datetime');
  return row.time('datetime', /T00:00:00(\.0+)?Z$/.test(text) ? text.slice(0, 10) : text);
}

function kindOf(row: BrokerRow, isOutgoing: boolean): BrokerTransactionKind {
  const type = row.text('type');
  if (CASH_MOVES.test(type)) return isOutgoing ? 'WITHDRAWAL' : 'DEPOSIT';
  if (REPAID.test(type)) return 'SELL';
  const kind = KINDS[type];
  if (!kind) throw new CellError('type', type, 'a type of Trade Republic such as BUY or DIVIDEND');
  return kind;
}

/** Leaves out payments that a later row of the file takes back in full, and the rows that take them back. */
function withoutReversals({ rows, skipped, errors }: BrokerRows): BrokerRows {
  const cancelled = new Map<BrokerTransaction, number>();
  const payments = Map.groupBy(
    rows.filter(({ kind }) => kind === 'DIVIDEND'),
    (row) => reversalKey(row, 1),
  );
  for (const reversal of rows) {
    if (reversal.kind !== 'DIVIDEND' || !reversal.amount.startsWith('-')) continue;
    const payment = payments
      .get(reversalKey(reversal, -1))
      ?.find((one) => !cancelled.has(one) && one.occurredAtMs < reversal.occurredAtMs);
    if (!payment) continue;
    cancelled.set(payment, reversal.line);
    cancelled.set(reversal, payment.line);
  }
  return {
    rows: rows.filter((row) => !cancelled.has(row)),
    skipped: [
      ...skipped,
      ...[...cancelled].map(([{ line, amount }, other]) => ({
        line,
        reason: amount.startsWith('-') ? `takes back line ${other}` : `taken back by line ${other}`,
      })),
    ],
    errors,
  };
}

function reversalKey({ isin, quantity, amount, tax }: BrokerTransaction, sign: 1 | -1): string {
  return [isin, quantity, new Decimal(amount).times(sign), new Decimal(tax).times(sign)].join('|');
}
