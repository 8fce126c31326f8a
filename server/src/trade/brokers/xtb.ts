import { type BrokerFormat, locale } from './broker-format.ts';
import { type BrokerRow, CellError, readEach, type RowResult } from './broker-table.ts';
import { type BrokerTransactionKind, transaction } from './broker-transaction.ts';
import { decimalOf } from './decimal-text.ts';

const HEADER = ['ID', 'Type', 'Time', 'Symbol', 'Comment', 'Amount'];
const KINDS: readonly (readonly [RegExp, BrokerTransactionKind])[] = [
  [/(purchase|compra)$/i, 'BUY'],
  [/(sale|vende|venda)$/i, 'SELL'],
  [/^dividend/i, 'DIVIDEND'],
  [/^withholding tax$|interests? tax$/i, 'TAX'],
  [/interests?$/i, 'INTEREST'],
  [/^spin off$/i, 'SPIN_OFF'],
  [/^(swap|commission|.*\bfee)$/i, 'FEE'],
  [/^profit\/loss/i, 'ADJUSTMENT'],
];
const ORDER = /^(?:OPEN|CLOSE) (?:BUY|SELL) (?<quantity>[\d.]+)(?:\/[\d.]+)? @ (?<price>[\d.]+)$/;
const PER_SHARE = /(?<currency>[A-Z]{3}) (?<price>[\d.]+)\/ ?(?:SHR|Indices)/;

/** XTB's cash operations; the file does not name the account's currency, which is asked for. */
export const xtb: BrokerFormat = {
  id: 'xtb',
  name: 'XTB cash operations',
  recognise: (header) =>
    header.length === HEADER.length && HEADER.every((name, index) => header[index] === name),
  locale: locale('.', 'Europe/Warsaw'),
  read: ({ rows, currency }) => readEach(rows, (row) => read(row, currency)),
};

function read(row: BrokerRow, currency: string | null): RowResult {
  const amount = row.decimal('Amount');
  if (amount.isZero()) return 'no amount';
  const type = row.text('Type');
  const kind = kindOf(type, amount.isNegative());
  const comment = row.text('Comment');
  const order = kind === 'BUY' || kind === 'SELL' ? ORDER.exec(comment)?.groups : undefined;
  if (!order && (kind === 'BUY' || kind === 'SELL'))
    throw new CellError('Comment', comment, 'a comment such as OPEN BUY 8/42.5 @ 11.75');
  const payment = kind === 'DIVIDEND' ? PER_SHARE.exec(comment)?.groups : undefined;
  const price = order?.price ?? payment?.price;
  return transaction({
    line: row.line,
    kind,
    ...row.time('Time'),
    symbol: row.text('Symbol'),
    quantity: order && decimalOf(order.quantity, '.'),
    price: price === undefined ? null : decimalOf(price, '.'),
    priceCurrency: payment?.currency ?? null,
    amount,
    currency,
    fee: kind === 'FEE' ? amount.negated() : null,
    tax: /interests? tax$/i.test(type) ? amount.negated() : null,
    withholding: /^withholding/i.test(type) ? amount.negated() : null,
    externalId: row.text('ID'),
    description: `${type}: ${comment}`,
  });
}

function kindOf(type: string, isOutgoing: boolean): BrokerTransactionKind {
  if (/^(deposit|withdrawal)$/i.test(type)) return isOutgoing ? 'WITHDRAWAL' : 'DEPOSIT';
  if (/^transfer$/i.test(type)) return isOutgoing ? 'TRANSFER_OUT' : 'TRANSFER_IN';
  const kind = KINDS.find(([pattern]) => pattern.test(type))?.[1];
  if (!kind) throw new CellError('Type', type, 'a type of XTB such as Stocks/ETF purchase');
  return kind;
}
