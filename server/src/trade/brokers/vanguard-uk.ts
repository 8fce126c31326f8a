import { type BrokerFormat, locale } from './broker-format.ts';
import { balancesOf, type BrokerRow, CellError, readEach } from './broker-table.ts';
import { type BrokerTransaction, type BrokerTransactionKind, transaction } from './broker-transaction.ts';
import { decimalOf } from './decimal-text.ts';

const HEADER = ['Date', 'Details', 'Amount', 'Balance'];
const ORDER = /^(?<side>Bought|Sold) (?<quantity>[\d,.]+) (?<name>.+?)(?: \((?<symbol>[A-Z0-9]+)\))?$/;
const DIVIDEND = /^(?:Reversal of )?DIV: (?<symbol>[^.\s]+)\S* @ (?<currency>[A-Z]{3}) (?<price>[\d.]+)$/;

/** The cash account of Vanguard in the United Kingdom, in pounds, with a running balance. */
export const vanguardUk: BrokerFormat = {
  id: 'vanguard-uk',
  name: 'Vanguard UK cash transactions',
  recognise: (header) =>
    header.length === HEADER.length && HEADER.every((name, index) => header[index] === name),
  locale: locale('.', 'Europe/London'),
  read: ({ rows }) => ({
    ...readEach(rows, read),
    balances: balancesOf(rows, (row) => ({
      ...row.time('Date'),
      asset: 'GBP',
      amount: row.decimalOrNull('Balance'),
    })),
  }),
};

function read(row: BrokerRow): BrokerTransaction {
  const details = row.text('Details');
  const amount = row.decimal('Amount');
  const order = ORDER.exec(details)?.groups;
  const dividend = DIVIDEND.exec(details)?.groups;
  const kind = order
    ? order.side === 'Bought'
      ? 'BUY'
      : 'SELL'
    : cashKind(details, dividend !== undefined, amount.isNegative());
  return transaction({
    line: row.line,
    kind,
    ...row.time('Date'),
    symbol: order?.symbol ?? dividend?.symbol,
    name: order?.name,
    quantity: order && decimalOf(order.quantity, '.'),
    price: dividend && decimalOf(dividend.price, '.'),
    priceCurrency: dividend?.currency,
    amount,
    currency: 'GBP',
    fee: kind === 'FEE' ? amount.negated() : null,
    description: details,
  });
}

function cashKind(details: string, isDividend: boolean, isOutgoing: boolean): BrokerTransactionKind {
  if (isDividend) return 'DIVIDEND';
  if (/\bfee\b/i.test(details)) return 'FEE';
  if (/\binterest\b/i.test(details)) return 'INTEREST';
  if (/deposit|payment by|withdrawal|transfer/i.test(details)) return isOutgoing ? 'WITHDRAWAL' : 'DEPOSIT';
  throw new CellError('Details', details, 'details of Vanguard such as Bought 10 Fund (FOO)');
}
