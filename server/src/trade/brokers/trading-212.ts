import { Decimal } from '../../platform/decimal.ts';
import { type BrokerFormat, locale, withColumns } from './broker-format.ts';
import { type BrokerRow, CellError, readEach, type RowResult } from './broker-table.ts';
import { type BrokerTransaction, type BrokerTransactionKind, transaction } from './broker-transaction.ts';

const KINDS: readonly (readonly [RegExp, BrokerTransactionKind])[] = [
  [/\bbuy$/, 'BUY'],
  [/\bsell$/, 'SELL'],
  [/^dividend \(return of capital/, 'RETURN_OF_CAPITAL'],
  [/^dividend/, 'DIVIDEND'],
  [/interest/, 'INTEREST'],
  [/^deposit$/, 'DEPOSIT'],
  [/^withdrawal$|^card debit$/, 'WITHDRAWAL'],
  [/^result adjustment$/, 'ADJUSTMENT'],
  [/cashback/, 'REWARD'],
  [/^stock split/, 'SPLIT'],
  [/^stock distribution$/, 'STOCK_DIVIDEND'],
  [/^transfer in$/, 'TRANSFER_IN'],
  [/^transfer out$/, 'TRANSFER_OUT'],
];
const FEES = ['Currency conversion fee', 'Transaction fee', 'Finra fee'];
const TAXES = ['Stamp duty reserve tax', 'Stamp duty', 'French transaction tax'];

/** Trading 212's history; a total is in the account's currency and after fees and taxes. */
export const trading212: BrokerFormat = {
  id: 'trading-212',
  name: 'Trading 212 history',
  recognise: withColumns('Action', 'ISIN', 'Ticker', 'No. of shares', 'Price / share', 'Total'),
  locale: locale('.', 'UTC'),
  read: ({ rows }) => readEach(rows, read),
};

/** Both legs of an exchange; its fee stays with the leg of its currency, which is stated after it. */
function conversion(row: BrokerRow): BrokerTransaction[] {
  const [from, to] = ['from', 'to'].map((side) => {
    const column = `Currency conversion ${side} amount`;
    return { amount: row.decimal(column).abs(), currency: row.currency(`Currency (${column})`) };
  });
  if (from.currency === to.currency)
    throw new CellError('Currency (Currency conversion to amount)', to.currency, 'another currency');
  const fee = row.decimalOrNull('Currency conversion fee');
  const feeCurrency = row.text('Currency (Currency conversion fee)');
  if (fee && !fee.isZero() && feeCurrency !== from.currency && feeCurrency !== to.currency)
    throw new CellError('Currency (Currency conversion fee)', feeCurrency, 'the currency of a side');
  const id = row.text('ID');
  const shared = { line: row.line, kind: 'CURRENCY_EXCHANGE' as const, ...row.time(timeColumn(row)) };
  const leg = (amount: Decimal, currency: string) =>
    transaction({
      ...shared,
      amount,
      currency,
      fee: currency === feeCurrency ? fee?.abs() : null,
      externalId: id,
      group: id,
      description: row.text('Notes') || row.text('Action'),
    });
  return [leg(from.amount.negated(), from.currency), leg(to.amount, to.currency)];
}

function timeColumn(row: BrokerRow): string {
  return row.text('Time') === '' ? 'Time (UTC)' : 'Time';
}

function read(row: BrokerRow): RowResult {
  const action = row.text('Action').toLowerCase();
  if (action === 'currency conversion') return conversion(row);
  const kind = KINDS.find(([pattern]) => pattern.test(action))?.[1];
  if (!kind) throw new CellError('Action', row.text('Action'), 'an action of Trading 212 such as Market buy');
  const shares = row.decimalOrNull('No. of shares');
  const currency = row.currency('Currency (Total)');
  const [fee, tax] = [costs(row, FEES, currency), costs(row, TAXES, currency)];
  const withheld = row.decimalOrNull('Withholding tax') ?? new Decimal(0);
  const withheldIn = withheld.isZero() ? currency : row.currency('Currency (Withholding tax)');
  const priceCurrency = row.text('Currency (Price / share)');
  const rate = row.text('Exchange rate');
  return transaction({
    line: row.line,
    kind,
    ...row.time(timeColumn(row)),
    symbol: row.text('Ticker'),
    isin: row.text('ISIN'),
    name: row.text('Name'),
    quantity: shares && action === 'stock split close' ? shares.negated() : shares,
    price: row.decimalOrNull('Price / share'),
    priceCurrency,
    amount: cashOf(row, kind),
    currency,
    fee,
    tax,
    withholding: withheldIn === currency ? withheld : null,
    fxRate:
      /^[\d.]+$/.test(rate) && priceCurrency !== ''
        ? { from: currency, to: priceCurrency, rate: row.decimal('Exchange rate').toFixed() }
        : null,
    original:
      withheldIn === currency ? null : { currency: withheldIn, gross: null, withholding: withheld.toFixed() },
    externalId: row.text('ID'),
    description: row.text('Notes') || row.text('Action'),
  });
}

/** Totals of trades have no sign, and those of units that come and go move no cash. */
function cashOf(row: BrokerRow, kind: BrokerTransactionKind): Decimal {
  if (['SPLIT', 'STOCK_DIVIDEND', 'TRANSFER_IN', 'TRANSFER_OUT'].includes(kind)) return new Decimal(0);
  const total = row.decimal('Total');
  return kind === 'BUY' || kind === 'WITHDRAWAL' ? total.abs().negated() : total;
}

function costs(row: BrokerRow, columns: readonly string[], currency: string): Decimal {
  let sum: Decimal = new Decimal(0);
  for (const column of columns) {
    const cost = row.decimalOrNull(column);
    if (!cost || cost.isZero()) continue;
    const costCurrency = row.text(`Currency (${column})`);
    if (costCurrency !== currency)
      throw new CellError(`Currency (${column})`, costCurrency, `the currency of the total, ${currency}`);
    sum = sum.plus(cost.abs());
  }
  return sum;
}
