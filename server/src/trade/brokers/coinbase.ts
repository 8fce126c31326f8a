import { type BrokerFormat, locale, withColumns } from './broker-format.ts';
import { type BrokerRow, CellError, readEach } from './broker-table.ts';
import { type BrokerTransaction, type StatedParts, transaction } from './broker-transaction.ts';
import { coinMove, coinReward } from './coin-trade.ts';
import { decimalOf } from './decimal-text.ts';

const CONVERTED = /^Converted ([\d.,]+) (\w+) to ([\d.,]+) (\w+)$/;

/** Coinbase's transaction history; a subtotal is before the fee, a total after it. */
export const coinbase: BrokerFormat = {
  id: 'coinbase',
  name: 'Coinbase transaction history',
  recognise: withColumns('Timestamp', 'Transaction Type', 'Asset', 'Quantity Transacted', 'Subtotal'),
  locale: locale('.', 'UTC', false),
  read: ({ rows }) => readEach(rows, read),
};

function read(row: BrokerRow): BrokerTransaction[] {
  const type = row.text('Transaction Type');
  const shared = {
    line: row.line,
    ...row.time('Timestamp'),
    externalId: row.text('ID'),
    description: row.text('Notes') || type,
  };
  const coin = { coin: row.currency('Asset'), amount: row.decimal('Quantity Transacted') };
  const price = row.moneyOrNull('Price at Transaction')?.amount;
  const priceCurrency = row.text('Price Currency') || row.text('Spot Price Currency') || null;
  const priced = { ...shared, price, priceCurrency };
  if (/^(Advanced Trade )?(Buy|Sell)$/.test(type)) return [transaction(trade(row, type, priced))];
  if (type === 'Convert') return conversion(row, priced).map(transaction);
  if (/income|reward/i.test(type)) return [transaction({ ...priced, ...coinReward(coin) })];
  if (/^(Send|Withdrawal)$/.test(type))
    return [transaction({ ...priced, ...coinMove({ ...coin, amount: coin.amount.abs().negated() }) })];
  if (/^(Receive|Deposit)$/.test(type)) return [transaction({ ...priced, ...coinMove(coin) })];
  throw new CellError('Transaction Type', type, 'a type of Coinbase such as Buy or Staking Income');
}

const TOTAL = 'Total (inclusive of fees and/or spread)';

function trade(row: BrokerRow, type: string, priced: Omit<StatedParts, 'kind'>): StatedParts {
  const isSale = type.endsWith('Sell');
  const [subtotal, total] = [row.money('Subtotal').amount.abs(), row.money(TOTAL).amount.abs()];
  return {
    ...priced,
    kind: isSale ? 'SELL' : 'BUY',
    symbol: row.currency('Asset'),
    quantity: row.decimal('Quantity Transacted'),
    currency: row.currency('Price Currency'),
    amount: isSale ? total : total.negated(),
    fee: isSale ? subtotal.minus(total) : total.minus(subtotal),
  };
}

/** A conversion is a sale for the total, less the spread, and a purchase for what is left. */
function conversion(row: BrokerRow, priced: Omit<StatedParts, 'kind'>): StatedParts[] {
  const notes = CONVERTED.exec(row.text('Notes'));
  if (!notes) throw new CellError('Notes', row.text('Notes'), 'notes such as Converted 1 BTC to 20 ETH');
  const [subtotal, total] = [row.money('Subtotal').amount.abs(), row.money(TOTAL).amount.abs()];
  const currency = row.currency('Price Currency');
  const group = row.text('ID') || `line ${row.line}`;
  return [
    {
      ...priced,
      kind: 'SELL',
      symbol: notes[2],
      quantity: decimalOf(notes[1], '.'),
      currency,
      amount: subtotal,
      fee: total.minus(subtotal),
      group,
    },
    {
      ...priced,
      kind: 'BUY',
      symbol: notes[4],
      quantity: decimalOf(notes[3], '.'),
      price: null,
      currency,
      amount: subtotal.negated(),
      group,
    },
  ];
}
