import { type BrokerFormat, locale, withColumns } from './broker-format.ts';
import { type BrokerRow, CellError, readEach, type RowResult } from './broker-table.ts';
import { type BrokerTransactionKind, transaction } from './broker-transaction.ts';

const KINDS: Readonly<Record<string, BrokerTransactionKind>> = {
  'Open Position': 'BUY',
  'Position closed': 'SELL',
  Dividend: 'DIVIDEND',
  'Interest Payment': 'INTEREST',
  Deposit: 'DEPOSIT',
  'Withdraw Request': 'WITHDRAWAL',
  'Withdraw Fee': 'FEE',
  'Withdrawal Conversion Fee': 'FEE',
  'Deposit Conversion Fee': 'FEE',
  'Overnight fee': 'FEE',
  'Overnight refund': 'FEE',
  SDRT: 'TAX',
};

/** The account activity of eToro's statement; the account is in US dollars. */
export const etoro: BrokerFormat = {
  id: 'etoro',
  name: 'eToro account activity',
  recognise: withColumns('Date', 'Type', 'Details', 'Amount', 'Units', 'Position ID'),
  locale: locale('.', 'UTC'),
  read: ({ rows }) => readEach(rows, read),
};

function read(row: BrokerRow): RowResult {
  const type = row.text('Type');
  const kind = KINDS[type];
  if (!kind) throw new CellError('Type', type, 'a type of eToro such as Open Position');
  const stated = row.decimal('Amount');
  const amount = kind === 'BUY' ? stated.negated() : stated;
  if (amount.isZero()) return 'no amount';
  const [, symbol] = /^(.+)\/[A-Z]{3}$/.exec(row.text('Details')) ?? [];
  return transaction({
    line: row.line,
    kind,
    ...row.time('Date'),
    symbol,
    quantity: row.decimalOrNull('Units'),
    amount,
    currency: 'USD',
    fee: kind === 'FEE' ? amount.negated() : null,
    tax: kind === 'TAX' ? amount.negated() : null,
    group: row.text('Position ID').replace(/^-$/, ''),
    description: [type, row.text('Details'), row.text('Asset type')].filter((text) => text !== '').join(', '),
  });
}
