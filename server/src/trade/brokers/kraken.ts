import { type BrokerFormat, locale, withColumns } from './broker-format.ts';
import { balancesOf, type BrokerRow, CellError, problemOf } from './broker-table.ts';
import { type BrokerRows, transaction } from './broker-transaction.ts';
import { type CoinAmount, coinMove, coinReward, exchangeOf } from './coin-trade.ts';

/** Codes that are not the usual one with a letter in front. */
const COINS: Readonly<Record<string, string>> = { XBT: 'BTC', XXBT: 'BTC', XDG: 'DOGE', XXDG: 'DOGE' };
const TRADES = /^(trade|spend|receive)$/;
const REWARDS = /^(staking|dividend|reward|airdrop)$/;

/** Kraken's ledgers in UTC: each trade is a row for each coin, the fee is beside the amount. */
export const kraken: BrokerFormat = {
  id: 'kraken',
  name: 'Kraken ledgers',
  recognise: withColumns('txid', 'refid', 'time', 'type', 'asset', 'amount', 'fee', 'balance'),
  locale: locale('.', 'UTC', false),
  read({ rows }) {
    const result: BrokerRows = { rows: [], skipped: [], errors: [] };
    for (const group of Map.groupBy(rows, groupKey).values()) {
      try {
        readGroup(group, result);
      } catch (error) {
        for (const { line } of group) result.errors.push(problemOf(error, line));
      }
    }
    result.rows.sort((a, b) => a.line - b.line);
    const booked = rows.filter((row) => row.text('txid') !== '');
    const balances = balancesOf(booked, (row) => ({
      ...row.time('time'),
      asset: coinOf(row.text('asset')),
      amount: row.decimalOrNull('balance'),
    }));
    return { ...result, balances };
  },
};

function groupKey(row: BrokerRow): string {
  return TRADES.test(row.text('type')) ? row.text('refid') : `line ${row.line}`;
}

function readGroup(group: readonly BrokerRow[], result: BrokerRows): void {
  const [first] = group;
  const [type, subtype] = [first.text('type'), first.text('subtype')];
  // A deposit is listed before it has a transaction, and again when it has one.
  if (first.text('txid') === '') {
    result.skipped.push({ line: first.line, reason: 'not yet booked' });
    return;
  }
  const shared = {
    line: first.line,
    ...first.time('time'),
    account: first.text('wallet'),
    externalId: first.text('txid'),
    group: first.text('refid'),
    description: [type, subtype].filter((text) => text !== '').join(': '),
  };
  const amounts = group.map((row) => ({ coin: coinOf(row.text('asset')), amount: row.decimal('amount') }));
  const fees = group.map((row, index) => ({
    coin: amounts[index].coin,
    amount: (row.decimalOrNull('fee') ?? amounts[index].amount.times(0)).negated(),
  }));
  if (TRADES.test(type)) {
    const received = amounts.filter(({ amount }) => !amount.isNegative());
    const given = amounts.filter(({ amount }) => amount.isNegative());
    if (received.length !== 1 || given.length !== 1)
      throw new CellError('refid', first.text('refid'), 'two rows of a trade, one received and one given');
    result.rows.push(...exchangeOf(shared, received[0], given[0], fees).map(transaction));
    for (const { line } of group.slice(1))
      result.skipped.push({ line, reason: `part of the trade in line ${first.line}` });
  } else readSingle(first, shared, amounts[0], fees[0], result);
}

function readSingle(
  row: BrokerRow,
  shared: Omit<Parameters<typeof transaction>[0], 'kind'>,
  change: CoinAmount,
  fee: CoinAmount,
  result: BrokerRows,
): void {
  const [type, subtype] = [row.text('type'), row.text('subtype')];
  const net = { coin: change.coin, amount: change.amount.plus(fee.amount) };
  if (type === 'deposit' || type === 'withdrawal') {
    const move = coinMove(net);
    // The fee of coins that leave is part of what leaves.
    const isMoney = move.currency !== null;
    result.rows.push(transaction({ ...shared, ...move, fee: isMoney ? fee.amount.negated() : null }));
  } else if (REWARDS.test(type) || (type === 'earn' && subtype === 'reward'))
    result.rows.push(transaction({ ...shared, ...coinReward(net) }));
  else if (type === 'transfer' || type === 'earn')
    result.skipped.push({ line: row.line, reason: 'moves coins within Kraken' });
  else if (type === 'rollover' || type === 'margin')
    result.rows.push(
      transaction({
        ...shared,
        kind: type === 'margin' ? 'ADJUSTMENT' : 'FEE',
        currency: net.coin,
        amount: net.amount,
        fee: fee.amount.negated(),
      }),
    );
  else throw new CellError('type', type, 'a type of Kraken such as trade or deposit');
}

/** XXBT, ZEUR and DOT.S as BTC, EUR and DOT. */
function coinOf(asset: string): string {
  const plain = asset.replace(/\.[A-Z]$/, '');
  if (plain === '') throw new CellError('asset', asset, 'an asset such as XXBT');
  return COINS[plain] ?? (/^[XZ][A-Z]{3}$/.test(plain) ? plain.slice(1) : plain);
}
