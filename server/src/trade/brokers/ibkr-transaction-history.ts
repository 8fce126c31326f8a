import { Decimal } from '../../platform/decimal.ts';
import { type BrokerFormat, type BrokerTable, locale } from './broker-format.ts';
import { type BrokerRow, CellError, isinOf, readEach, type RowResult } from './broker-table.ts';
import { type BrokerTransactionKind, transaction } from './broker-transaction.ts';
import { FLEX_TIME_ZONE } from './ibkr-flex.ts';

const SECTION = 'Transaction History';
const KINDS: Readonly<Record<string, BrokerTransactionKind>> = {
  Buy: 'BUY',
  Sell: 'SELL',
  Dividend: 'DIVIDEND',
  'Payment in Lieu': 'DIVIDEND',
  'Return of Capital': 'RETURN_OF_CAPITAL',
  'Foreign Tax Withholding': 'TAX',
  'Credit Interest': 'INTEREST',
  'Debit Interest': 'INTEREST',
  'Bond Interest Received': 'INTEREST',
  'Other Fee': 'FEE',
  Deposit: 'DEPOSIT',
  Withdrawal: 'WITHDRAWAL',
  Adjustment: 'ADJUSTMENT',
  'Forex Trade Component': 'ADJUSTMENT',
};

/** Interactive Brokers' transaction history: sections in one file, all amounts in the base currency. */
export const ibkrTransactionHistory: BrokerFormat = {
  id: 'ibkr-transaction-history',
  name: 'Interactive Brokers transaction history',
  recognise: (header) =>
    header[0] === SECTION && header[1] === 'Header' && header.includes('Transaction Type'),
  locale: locale('.', FLEX_TIME_ZONE, false),
  read(table) {
    const currency = baseCurrency(table);
    return readEach(table.rows, (row) => read(row, currency));
  },
};

function baseCurrency({ preamble }: BrokerTable): string | null {
  const row = preamble.find(({ cells }) => cells[0] === 'Summary' && cells[2] === 'Base Currency');
  return row?.cells[3] || null;
}

function read(row: BrokerRow, currency: string | null): RowResult {
  if (row.cells[0] !== SECTION) return `of the section ${row.cells[0]}`;
  if (row.cells[1] !== 'Data') return 'a total';
  if (!currency) throw new CellError('Base Currency', '', 'a line "Summary,Data,Base Currency" with a code');
  const type = row.text('Transaction Type');
  const kind = KINDS[type];
  if (!kind) throw new CellError('Transaction Type', type, 'a type of transaction such as Buy');
  const description = row.text('Description');
  const amount = row.decimal('Net Amount');
  const commission = row.decimalOrNull('Commission') ?? new Decimal(0);
  const quantity = kind === 'ADJUSTMENT' ? null : row.decimalOrNull('Quantity');
  const price = quantity && row.decimalOrNull('Price');
  const isPriceInBase = price
    ?.times(quantity ?? 0)
    .negated()
    .equals(row.decimal('Gross Amount'));
  return transaction({
    line: row.line,
    kind,
    ...row.time('Date'),
    symbol: row.text('Symbol').replace(/^-$/, ''),
    isin: isinOf(/\(([A-Z0-9]{12})\)/.exec(description)?.[1] ?? ''),
    name: quantity ? description : null,
    quantity,
    price,
    priceCurrency: row.text('Price Currency') || (isPriceInBase ? currency : null),
    amount,
    currency,
    fee: kind === 'FEE' ? amount.negated() : commission.negated(),
    withholding: kind === 'TAX' ? amount.negated() : null,
    account: row.text('Account'),
    description,
  });
}
