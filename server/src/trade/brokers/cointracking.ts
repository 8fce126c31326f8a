import { type BrokerFormat, locale } from './broker-format.ts';
import { type BrokerRow, CellError, readEach } from './broker-table.ts';
import { type BrokerTransaction, transaction } from './broker-transaction.ts';
import { type CoinAmount, coinMove, coinReward, exchangeOf } from './coin-trade.ts';

const HEADER = ['Type', 'Buy', 'Cur.', 'Sell', 'Cur.', 'Fee', 'Cur.', 'Exchange'];
const REWARDS = /^(Staking|Income|Gift\/Tip|Reward \/ Bonus|Mining|Airdrop|Interest Income|Lending Income)$/;

/** CoinTracking's trades; a fee is part of what was paid or received where it is in that coin. */
export const cointracking: BrokerFormat = {
  id: 'cointracking',
  name: 'CoinTracking trades',
  recognise: (header) => HEADER.every((name, index) => header[index] === name) && header.includes('Date'),
  locale: locale('.', 'UTC'),
  read: ({ rows }) => readEach(rows, read),
};

function read(row: BrokerRow): BrokerTransaction[] {
  const type = row.text('Type');
  const shared = {
    line: row.line,
    ...row.time('Date'),
    account: row.text('Exchange'),
    externalId: row.text('Tx-ID'),
    description: [type, row.text('Comment')].filter((text) => text !== '').join(': '),
  };
  const [bought, sold, fee] = [amountOf(row, 'Buy'), amountOf(row, 'Sell'), amountOf(row, 'Fee')];
  if (type === 'Trade') {
    if (!bought || !sold) throw new CellError(bought ? 'Sell' : 'Buy', '', 'an amount and its currency');
    return exchangeOf(shared, bought, { ...sold, amount: sold.amount.negated() }, []).map((part) =>
      transaction(fee && fee.coin === part.currency ? { ...part, fee: fee.amount } : part),
    );
  }
  if (type === 'Deposit' && bought) return [transaction({ ...shared, ...coinMove(bought) })];
  if (type === 'Withdrawal' && sold)
    return [transaction({ ...shared, ...coinMove({ ...sold, amount: sold.amount.negated() }) })];
  if (REWARDS.test(type) && bought) return [transaction({ ...shared, ...coinReward(bought) })];
  throw new CellError('Type', type, 'a type of CoinTracking such as Trade, with its amount');
}

/** The amount under a header with the currency in the next cell, or null where there is none. */
function amountOf(row: BrokerRow, column: string): CoinAmount | null {
  const amount = row.decimalOrNull(column);
  return amount && !amount.isZero() ? { coin: row.currency(column, 1), amount } : null;
}
