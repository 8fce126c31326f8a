import { Decimal, ZERO } from '../../platform/decimal.ts';
import { type BrokerFormat, locale, withColumns } from './broker-format.ts';
import { balancesOf, type BrokerRow, CellError, readEach, type RowResult } from './broker-table.ts';
import { type BrokerTransaction, type BrokerTransactionKind, transaction } from './broker-transaction.ts';

const FEE_WITHIN = 'Withdrawal Conversion Fee';
const KINDS: Readonly<Record<string, BrokerTransactionKind>> = {
  'Open Position': 'BUY',
  'Position closed': 'SELL',
  Dividend: 'DIVIDEND',
  'Interest Payment': 'INTEREST',
  Deposit: 'DEPOSIT',
  'Withdraw Request': 'WITHDRAWAL',
  'Withdraw Fee': 'FEE',
  [FEE_WITHIN]: 'FEE',
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
  read: ({ rows }) => {
    const found = readEach(rows, read);
    const balances = balancesOf(rows, (row) => ({
      ...row.time('Date'),
      asset: 'USD',
      amount: row.decimalOrNull('Balance'),
    }));
    return { ...found, rows: withoutFees(found.rows), balances };
  },
};

/** A withdrawal is stated with the fee of its conversion, which has a row of its own at the same time. */
function withoutFees(rows: readonly BrokerTransaction[]): BrokerTransaction[] {
  return rows.map((row) => {
    if (row.kind !== 'WITHDRAWAL') return row;
    const isFee = ({ occurredAtMs, description }: BrokerTransaction) =>
      occurredAtMs === row.occurredAtMs && description?.startsWith(FEE_WITHIN);
    const fees = rows.filter(isFee).reduce((sum, { fee }) => sum.plus(fee), ZERO);
    return { ...row, amount: new Decimal(row.amount).plus(fees).toFixed() };
  });
}

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
