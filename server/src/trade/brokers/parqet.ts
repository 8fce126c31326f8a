import { Decimal } from '../../platform/decimal.ts';
import { type BrokerFormat, locale, withColumns } from './broker-format.ts';
import { type BrokerRow, CellError, isinOf, readEach } from './broker-table.ts';
import { type BrokerTransaction, type BrokerTransactionKind, transaction } from './broker-transaction.ts';

const KINDS: Readonly<Record<string, BrokerTransactionKind>> = {
  Buy: 'BUY',
  Sell: 'SELL',
  Dividend: 'DIVIDEND',
  Interest: 'INTEREST',
  TransferIn: 'TRANSFER_IN',
  TransferOut: 'TRANSFER_OUT',
};

/** Parqet's activities; an amount has no sign and is before tax and fee. */
export const parqet: BrokerFormat = {
  id: 'parqet',
  name: 'Parqet activities',
  recognise: withColumns('datetime', 'price', 'shares', 'amount', 'tax', 'fee', 'type', 'identifier'),
  locale: locale(',', 'UTC'),
  read: ({ rows }) => readEach(rows, read),
};

function read(row: BrokerRow): BrokerTransaction {
  const kind = KINDS[row.text('type')];
  if (!kind) throw new CellError('type', row.text('type'), 'a type of Parqet such as Buy');
  const zero = new Decimal(0);
  const isTransfer = kind === 'TRANSFER_IN' || kind === 'TRANSFER_OUT';
  const gross = isTransfer ? zero : row.decimal('amount');
  const [tax, fee] = [row.decimalOrNull('tax') ?? zero, row.decimalOrNull('fee') ?? zero];
  const identifier = row.text('identifier');
  const [currency, original] = [row.currency('currency'), row.text('originalcurrency')];
  const rate = row.decimalOrNull('fxrate');
  return transaction({
    line: row.line,
    kind,
    ...row.time('datetime'),
    symbol: isinOf(identifier) ? null : identifier,
    isin: isinOf(identifier),
    name: row.text('holdingname'),
    quantity: row.decimalOrNull('shares'),
    price: row.decimalOrNull('price'),
    amount: (kind === 'BUY' ? gross.negated() : gross).minus(tax).minus(fee),
    currency,
    fee,
    tax,
    fxRate: rate && original !== '' ? { from: currency, to: original, rate: rate.toFixed() } : null,
    account: row.text('broker'),
  });
}
