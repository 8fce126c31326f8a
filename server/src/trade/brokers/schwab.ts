import { type BrokerFormat, locale, withColumns } from './broker-format.ts';
import { type BrokerRow, CellError, readEach, type RowResult } from './broker-table.ts';
import { type BrokerTransactionKind, transaction } from './broker-transaction.ts';

const KINDS: Readonly<Record<string, BrokerTransactionKind>> = {
  Buy: 'BUY',
  Sell: 'SELL',
  'Sell to Open': 'SELL',
  'Sell to Close': 'SELL',
  'Sell Short': 'SELL',
  'Buy to Open': 'BUY',
  'Buy to Close': 'BUY',
  'Reinvest Shares': 'BUY',
  'Credit Interest': 'INTEREST',
  'Bank Interest': 'INTEREST',
  'Bond Interest': 'INTEREST',
  'Margin Interest': 'INTEREST',
  'Long Term Cap Gain': 'DIVIDEND',
  'Short Term Cap Gain': 'DIVIDEND',
  'Long Term Cap Gain Reinvest': 'DIVIDEND',
  'Short Term Cap Gain Reinvest': 'DIVIDEND',
  'Return Of Capital': 'RETURN_OF_CAPITAL',
  'Cash In Lieu': 'CASH_IN_LIEU',
  'Foreign Tax Paid': 'TAX',
  'NRA Tax Adj': 'TAX',
  'NRA Withholding': 'TAX',
  'Stock Split': 'SPLIT',
  'Reverse Split': 'SPLIT',
  'Stock Div Dist': 'STOCK_DIVIDEND',
  'Spin-off': 'SPIN_OFF',
  'Stock Merger': 'MERGER',
  'Cash/Stock Merger': 'MERGER',
  'Cash Merger': 'MERGER',
  Conversion: 'MERGER',
  'Name Change': 'TICKER_CHANGE',
};
/** Moves that have either direction. */
const MOVES =
  /^(MoneyLink (Transfer|Deposit)|Wire (Sent|Received|Funds)|Funds (Paid|Received)|ATM Withdrawal)$/;
const INTERNAL_MOVES = /^(Internal Transfer|Journal|Journaled Shares|Security Transfer|Shares Transfer)$/;

/** Charles Schwab's transactions; all amounts are in US dollars and after fees. */
export const schwab: BrokerFormat = {
  id: 'schwab',
  name: 'Charles Schwab transactions',
  recognise: withColumns('Date', 'Action', 'Symbol', 'Description', 'Fees & Comm', 'Amount'),
  locale: locale('.', 'America/New_York', false),
  read: ({ rows }) => readEach(rows, read),
};

function read(row: BrokerRow): RowResult {
  if (/^transactions total$/i.test(row.text('Date'))) return 'a total';
  const amount = row.moneyOrNull('Amount')?.amount ?? null;
  const quantity = row.decimalOrNull('Quantity');
  const kind = kindOf(row.text('Action'), (amount ?? quantity)?.isNegative() ?? false);
  return transaction({
    line: row.line,
    kind,
    // A row that is booked later names the day on which it took effect.
    ...row.time('Date', row.text('Date').replace(/^.* as of /, '')),
    symbol: row.text('Symbol'),
    name: row.text('Symbol') && row.text('Description'),
    quantity,
    price: row.moneyOrNull('Price')?.amount,
    amount,
    currency: 'USD',
    fee: kind === 'FEE' ? amount?.negated() : row.moneyOrNull('Fees & Comm')?.amount,
    withholding: kind === 'TAX' ? amount?.negated() : null,
    description: `${row.text('Action')}: ${row.text('Description')}`,
  });
}

function kindOf(action: string, isOutgoing: boolean): BrokerTransactionKind {
  if (KINDS[action]) return KINDS[action];
  if (MOVES.test(action)) return isOutgoing ? 'WITHDRAWAL' : 'DEPOSIT';
  if (INTERNAL_MOVES.test(action)) return isOutgoing ? 'TRANSFER_OUT' : 'TRANSFER_IN';
  if (/\bFee$/.test(action)) return 'FEE';
  if (/\bDiv(idend)?\b/.test(action)) return 'DIVIDEND';
  throw new CellError('Action', action, 'an action of Schwab such as Buy or Cash Dividend');
}
