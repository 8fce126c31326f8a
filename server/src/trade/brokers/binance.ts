import { type BrokerFormat, locale, withColumns } from './broker-format.ts';
import { type BrokerRow, CellError, problemOf } from './broker-table.ts';
import { type BrokerRows, type StatedParts, transaction } from './broker-transaction.ts';
import { type CoinAmount, coinMove, coinReward, exchangeOf, sumsOf } from './coin-trade.ts';

/** Operations of which several rows in one second are one trade; the families are kept apart. */
const TRADES: Readonly<Record<string, RegExp>> = {
  trade: /^(Buy|Sell|Transaction (Related|Buy|Spend|Sold|Revenue)|Fee|Transaction Fee)$/,
  convert: /^(Binance Convert|Convert)$/,
  dust: /^Small assets exchange BNB/i,
  staking: /^ETH 2\.0 Staking$/,
};
const FEES = /^(Fee|Transaction Fee)$/;
const REWARDS = /(rewards?|interest|distribution|cashback|rebate|airdrop|bonus)\b/i;
const MOVES = /^(Deposit|Withdraw|Fiat (Deposit|Withdraw(al)?)|Buy Crypto|Send|Receive)/;
const INTERNAL = new RegExp(
  '^Transfer Between|(Subscription|Redemption)$|^main and funding|' +
    '^(POS savings|Staking) (purchase|redemption)$',
  'i',
);

/** Binance's statement of all changes of balances, in UTC; rows of one second make up the trades. */
export const binance: BrokerFormat = {
  id: 'binance',
  name: 'Binance transaction history',
  recognise: withColumns('User_ID', 'UTC_Time', 'Account', 'Operation', 'Coin', 'Change'),
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
    return result;
  },
};

function familyOf(row: BrokerRow): string | undefined {
  return Object.keys(TRADES).find((family) => TRADES[family].test(row.text('Operation')));
}

function groupKey(row: BrokerRow): string {
  const family = familyOf(row);
  return family ? [row.text('UTC_Time'), row.text('Account'), family].join('|') : `line ${row.line}`;
}

function readGroup(group: readonly BrokerRow[], result: BrokerRows): void {
  const [first] = group;
  const operation = first.text('Operation');
  const shared = {
    line: first.line,
    ...first.time('UTC_Time'),
    account: first.text('Account'),
    description: [operation, first.text('Remark')].filter((text) => text !== '').join(': '),
  };
  const amounts = group.map((row) => ({
    operation: row.text('Operation'),
    coin: row.currency('Coin'),
    amount: row.decimal('Change'),
  }));
  if (familyOf(first)) {
    result.rows.push(...tradeOf(shared, amounts).map(transaction));
    for (const { line } of group.slice(1))
      result.skipped.push({ line, reason: `part of the trade in line ${first.line}` });
  } else if (INTERNAL.test(operation)) {
    result.skipped.push({ line: first.line, reason: 'moves coins within Binance' });
  } else {
    result.rows.push(transaction({ ...shared, ...single(operation, amounts[0]) }));
  }
}

type Shared = Omit<StatedParts, 'kind'>;

function tradeOf(shared: Shared, amounts: readonly (CoinAmount & { operation: string })[]): StatedParts[] {
  const isFee = ({ operation }: { operation: string }) => FEES.test(operation);
  const sums = sumsOf(amounts.filter((one) => !isFee(one)));
  const received = sums.filter(({ amount }) => amount.greaterThan(0));
  const given = sums.filter(({ amount }) => amount.isNegative());
  const fees = amounts.filter(isFee);
  if (received.length !== 1 || given.length !== 1)
    throw new CellError(
      'Coin',
      sums.map(({ coin, amount }) => `${amount.toFixed()} ${coin}`).join(', ') || 'only fees',
      'one coin received and one given in the same second',
    );
  return exchangeOf({ ...shared, group: `line ${shared.line}` }, received[0], given[0], fees);
}

function single(
  operation: string,
  change: CoinAmount,
): Omit<StatedParts, 'line' | 'occurredAtMs' | 'hasTime'> {
  if (MOVES.test(operation)) return coinMove(change);
  if (REWARDS.test(operation)) return coinReward(change);
  const { coin: currency, amount } = change;
  if (operation === 'Funding Fee') return { kind: 'FEE', currency, amount, fee: amount.negated() };
  if (operation === 'Realized Profit and Loss') return { kind: 'ADJUSTMENT', currency, amount };
  throw new CellError('Operation', operation, 'an operation of Binance such as Buy or Deposit');
}
