import { isTimeZone } from '../../market-data/calendar.ts';
import { type BrokerFormat, locale, withColumns } from './broker-format.ts';
import { type BrokerRow, CellError, readEach, type RowResult } from './broker-table.ts';
import { transaction } from './broker-transaction.ts';
import { coinMove, coinReward, exchangeOf } from './coin-trade.ts';

const DONE = /^(Completed|Distributed)$/;

/** Bitvavo's transaction history; what was paid or received has the fee in it. */
export const bitvavo: BrokerFormat = {
  id: 'bitvavo',
  name: 'Bitvavo transaction history',
  recognise: withColumns('Timezone', 'Date', 'Time', 'Type', 'Quote Price', 'Received / Paid Amount'),
  locale: locale('.', 'UTC', false),
  read: ({ rows }) => readEach(rows, read),
};

function read(row: BrokerRow): RowResult {
  const status = row.text('Status');
  if (!DONE.test(status)) return `has the status ${status}`;
  const zone = row.text('Timezone');
  if (!isTimeZone(zone)) throw new CellError('Timezone', zone, 'a time zone such as Europe/Amsterdam');
  const type = row.text('Type');
  const shared = {
    line: row.line,
    ...row.time('Date', `${row.text('Date')} ${row.text('Time')}`, zone),
    externalId: row.text('Transaction ID'),
    description: type,
  };
  const coin = { coin: row.currency('Currency'), amount: row.decimal('Amount') };
  if (/^(staking|fixed_staking|rebate|affiliate|campaign.*|loan.*)$/.test(type))
    return transaction({ ...shared, ...coinReward(coin) });
  const fee = row.decimalOrNull('Fee amount');
  if (/^(deposit|withdrawal)$/.test(type)) {
    const description =
      fee && !fee.isZero() ? `${type}, with a fee of ${fee.toFixed()} ${row.text('Fee currency')}` : type;
    return transaction({ ...shared, ...coinMove(coin), description });
  }
  if (type !== 'buy' && type !== 'sell') throw new CellError('Type', type, 'a type of Bitvavo such as buy');
  const money = {
    coin: row.currency('Received / Paid Currency'),
    amount: row.decimal('Received / Paid Amount'),
  };
  const feeCoin = fee && !fee.isZero() ? row.currency('Fee currency') : money.coin;
  const paid = feeCoin === money.coin && fee ? { ...money, amount: money.amount.plus(fee) } : money;
  const stated = { ...shared, price: row.decimal('Quote Price'), priceCurrency: row.text('Quote Currency') };
  const [received, given] = coin.amount.isNegative() ? [paid, coin] : [coin, paid];
  const fees = fee ? [{ coin: feeCoin, amount: fee.negated() }] : [];
  return exchangeOf(stated, received, given, fees).map(transaction);
}
