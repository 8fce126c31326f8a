import { type BrokerFormat, locale, withColumns } from './broker-format.ts';
import { balancesOf, type BrokerRow, CellError, type Occurrence, problemOf } from './broker-table.ts';
import { type BrokerRows, transaction } from './broker-transaction.ts';
import { type CoinAmount, coinMove, exchangeOf } from './coin-trade.ts';

/**
 * Coinbase Pro's account statement: each trade is two matches and a fee, with a running balance of each coin.
 */
export const coinbasePro: BrokerFormat = {
  id: 'coinbase-pro',
  name: 'Coinbase Pro account statement',
  recognise: (header) =>
    withColumns('Type', 'Amount', 'Balance', 'Amount/balance unit')(header) &&
    (header.includes('Timestamp') || header.includes('Time') || header.includes('time')),
  locale: locale('.', 'UTC', false),
  read({ rows }) {
    const result: BrokerRows = { rows: [], skipped: [], errors: [] };
    for (const group of tradesOf(rows)) {
      try {
        readGroup(group, result);
      } catch (error) {
        for (const { line } of group) result.errors.push(problemOf(error, line));
      }
    }
    const balances = balancesOf(rows, (row) => ({
      ...timeOf(row),
      asset: row.currency('Amount/balance unit'),
      amount: row.decimalOrNull('Balance'),
    }));
    return { ...result, balances };
  },
};

/** The rows of one trade together; each other row by itself. */
function tradesOf(rows: readonly BrokerRow[]): BrokerRow[][] {
  return [...Map.groupBy(rows, (row) => row.text('Trade id') || `line ${row.line}`).values()];
}

function timeOf(row: BrokerRow): Occurrence {
  return row.time(['Timestamp', 'Time', 'time'].find((column) => row.text(column) !== '') ?? 'Timestamp');
}

function readGroup(group: readonly BrokerRow[], result: BrokerRows): void {
  const [first] = group;
  const amounts = group.map((row) => ({
    type: row.text('Type'),
    coin: row.currency('Amount/balance unit'),
    amount: row.decimal('Amount'),
  }));
  const time = timeOf(first);
  const shared = {
    line: first.line,
    ...time,
    account: first.text('Portfolio') || first.text('portfolio'),
  };
  if (first.text('Trade id') === '') {
    if (!/^(deposit|withdrawal)$/.test(amounts[0].type))
      throw new CellError('Type', amounts[0].type, 'deposit, withdrawal, or a match of a trade');
    const externalId = first.text('Transfer id');
    result.rows.push(transaction({ ...shared, ...coinMove(amounts[0]), externalId }));
    return;
  }
  const matches = amounts.filter(({ type }) => type === 'match');
  const received = matches.filter(({ amount }) => !amount.isNegative());
  const given = matches.filter(({ amount }) => amount.isNegative());
  if (received.length !== 1 || given.length !== 1)
    throw new CellError('Type', amounts.map(({ type }) => type).join(', '), 'two matches of a trade');
  const fees: CoinAmount[] = amounts.filter(({ type }) => type === 'fee');
  const ids = { externalId: first.text('Trade id'), group: first.text('Order id') };
  const parts = exchangeOf({ ...shared, ...ids }, received[0], given[0], fees);
  result.rows.push(...parts.map(transaction));
  for (const { line } of group.slice(1))
    result.skipped.push({ line, reason: `part of the trade in line ${first.line}` });
}
