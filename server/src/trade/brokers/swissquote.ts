import { type BrokerFormat, locale, withColumns } from './broker-format.ts';
import { balancesOf, type BrokerRow, CellError, readEach, type RowResult } from './broker-table.ts';
import { type BrokerTransactionKind, transaction } from './broker-transaction.ts';

const KINDS: Readonly<Record<string, BrokerTransactionKind>> = {
  Buy: 'BUY',
  Sell: 'SELL',
  Dividend: 'DIVIDEND',
  'Capital Gain': 'DIVIDEND',
  Interests: 'INTEREST',
  'Custody Fees': 'FEE',
  Debit: 'WITHDRAWAL',
  Credit: 'DEPOSIT',
  Payment: 'DEPOSIT',
  'Forex credit': 'CURRENCY_EXCHANGE',
  'Forex debit': 'CURRENCY_EXCHANGE',
};

/** Swissquote's transactions; a net amount has its sign and is after costs. */
export const swissquote: BrokerFormat = {
  id: 'swissquote',
  name: 'Swissquote transactions',
  recognise: withColumns('Date', 'Order #', 'Transaction', 'Unit price', 'Costs', 'Net Amount'),
  locale: locale('.', 'Europe/Zurich'),
  read: ({ rows }) => ({
    ...readEach(rows, read),
    balances: balancesOf(rows, (row) => ({
      ...row.time('Date'),
      asset: row.currency('Currency'),
      amount: row.decimalOrNull('Balance'),
    })),
  }),
};

function read(row: BrokerRow): RowResult {
  const type = row.text('Transaction');
  const kind = KINDS[type];
  if (!kind) throw new CellError('Transaction', type, 'a transaction of Swissquote such as Buy');
  const isTrade = kind === 'BUY' || kind === 'SELL';
  const amount = row.decimal('Net Amount');
  const order = row.text('Order #').replace(/^0+$/, '');
  return transaction({
    line: row.line,
    kind,
    ...row.time('Date'),
    symbol: row.text('Symbol'),
    isin: row.text('ISIN'),
    name: row.text('Name'),
    // Other rows have a quantity of 1 and the amount as their price.
    quantity: isTrade ? row.decimal('Quantity') : null,
    price: isTrade ? row.decimal('Unit price') : null,
    amount,
    currency: row.currency('Currency'),
    fee: kind === 'FEE' ? amount.negated() : row.decimalOrNull('Costs'),
    externalId: order,
    group: order,
    description: type,
  });
}
