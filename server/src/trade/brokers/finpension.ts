import { type BrokerFormat, locale, withColumns } from './broker-format.ts';
import { balancesOf, type BrokerRow, CellError, readEach } from './broker-table.ts';
import { type BrokerTransaction, type BrokerTransactionKind, transaction } from './broker-transaction.ts';

const KINDS: readonly (readonly [RegExp, BrokerTransactionKind])[] = [
  [/^Buy$/, 'BUY'],
  [/^Sell$/, 'SELL'],
  [/^Dividend/, 'DIVIDEND'],
  [/^Interests?$/, 'INTEREST'],
  [/\bfee$/, 'FEE'],
  [/^(Deposit|Transfer vested benefits)$/, 'DEPOSIT'],
  [/^Withdrawal$/, 'WITHDRAWAL'],
];

/**
 * Finpension's transactions (pillar 3a and vested benefits), all cash in Swiss francs with a running balance.
 */
export const finpension: BrokerFormat = {
  id: 'finpension',
  name: 'finpension transactions',
  recognise: withColumns('Category', 'Asset Name', 'Number of Shares', 'Asset Price in CHF', 'Cash Flow'),
  locale: locale('.', 'Europe/Zurich', false),
  read: ({ rows }) => ({
    ...readEach(rows, read),
    balances: balancesOf(rows, (row) => ({
      ...row.time('Date'),
      asset: 'CHF',
      amount: row.decimalOrNull('Balance'),
    })),
  }),
};

function read(row: BrokerRow): BrokerTransaction {
  const shares = row.decimalOrNull('Number of Shares');
  const kind = kindOf(row.text('Category'), shares?.isNegative() ?? false);
  const isTrade = kind === 'BUY' || kind === 'SELL';
  const amount = row.decimal('Cash Flow');
  const rate = row.decimalOrNull('Currency Rate');
  const from = row.text('Asset Currency');
  return transaction({
    line: row.line,
    kind,
    ...row.time('Date'),
    isin: row.text('ISIN'),
    name: row.text('Asset Name'),
    quantity: isTrade ? shares : null,
    price: isTrade ? row.decimal('Asset Price in CHF') : null,
    amount,
    currency: 'CHF',
    fee: kind === 'FEE' ? amount.negated() : null,
    fxRate: rate && from !== 'CHF' && from !== '' ? { from, to: 'CHF', rate: rate.toFixed() } : null,
    description: row.text('Category'),
  });
}

function kindOf(category: string, isSale: boolean): BrokerTransactionKind {
  if (category === 'Portfolio Transaction') return isSale ? 'SELL' : 'BUY';
  const kind = KINDS.find(([pattern]) => pattern.test(category))?.[1];
  if (!kind) throw new CellError('Category', category, 'a category of finpension such as Buy');
  return kind;
}
