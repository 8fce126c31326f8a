import { type BrokerFormat, locale, withColumns } from './broker-format.ts';
import { type BrokerRow, CellError, readEach, type RowResult } from './broker-table.ts';
import { transaction } from './broker-transaction.ts';
import { type CoinAmount, coinMove, exchangeOf } from './coin-trade.ts';

/** Delta's transactions of shares, coins and money; a fee comes on top of the amounts. */
export const delta: BrokerFormat = {
  id: 'delta',
  name: 'Delta transactions',
  recognise: withColumns('Date', 'Way', 'Base amount', 'Base currency (name)', 'Base type', 'Quote amount'),
  locale: locale('.', 'UTC', false),
  read: ({ rows }) => readEach(rows, read),
};

function read(row: BrokerRow): RowResult {
  const way = row.text('Way');
  const shared = {
    line: row.line,
    ...row.time('Date'),
    account: row.text('Exchange') || row.text('Broker'),
    description: row.text('Notes') || way,
  };
  const base = codeOf(row, 'Base currency (name)');
  const fees = feesOf(row);
  if (way === 'BUY' || way === 'SELL') {
    const unit = { coin: base, amount: row.decimal('Base amount') };
    const quote = { coin: codeOf(row, 'Quote currency'), amount: row.decimal('Quote amount') };
    if (row.text('Base type') === 'CRYPTO')
      return (
        way === 'BUY'
          ? exchangeOf(shared, unit, { ...quote, amount: quote.amount.negated() }, fees)
          : exchangeOf(shared, quote, { ...unit, amount: unit.amount.negated() }, fees)
      ).map(transaction);
    const [fee] = fees;
    if (fee && fee.coin !== quote.coin)
      throw new CellError('Fee currency (name)', fee.coin, `the currency of the quote, ${quote.coin}`);
    const gross = way === 'BUY' ? quote.amount.negated() : quote.amount;
    return transaction({
      ...shared,
      kind: way,
      symbol: base,
      quantity: unit.amount,
      currency: quote.coin,
      amount: fee ? gross.plus(fee.amount) : gross,
      fee: fee?.amount.negated(),
    });
  }
  if (way === 'DEPOSIT' || way === 'WITHDRAW') {
    const amount = row.decimal('Base amount');
    return transaction({
      ...shared,
      ...coinMove({ coin: base, amount: way === 'DEPOSIT' ? amount : amount.negated() }),
    });
  }
  if (way !== 'DIVIDEND') throw new CellError('Way', way, 'a way of Delta such as BUY');
  return dividend(row, { ...shared, symbol: base }, fees);
}

function dividend(
  row: BrokerRow,
  shared: Omit<Parameters<typeof transaction>[0], 'kind'>,
  fees: readonly CoinAmount[],
): RowResult {
  const currency = codeOf(row, 'Quote currency');
  const [fee] = fees.filter(({ coin }) => coin === currency);
  const gross = row.decimal('Quote amount');
  return transaction({
    ...shared,
    kind: 'DIVIDEND',
    currency,
    amount: fee ? gross.plus(fee.amount) : gross,
    fee: fee?.amount.negated(),
  });
}

function feesOf(row: BrokerRow): CoinAmount[] {
  const fee = row.decimalOrNull('Fee amount');
  return fee && !fee.isZero() ? [{ coin: codeOf(row, 'Fee currency (name)'), amount: fee.negated() }] : [];
}

/** `SOL (Solana)` as SOL. */
function codeOf(row: BrokerRow, column: string): string {
  const text = row.text(column);
  const code = text.replace(/ \(.*\)$/, '');
  if (code === '') throw new CellError(column, text, 'a code such as BTC');
  return code;
}
