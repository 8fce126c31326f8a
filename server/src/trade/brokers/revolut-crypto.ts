import { type BrokerFormat, locale, withColumns } from './broker-format.ts';
import { type BrokerRow, CellError, readEach, type RowResult } from './broker-table.ts';
import { type BrokerTransactionKind, transaction } from './broker-transaction.ts';

const KINDS: Readonly<Record<string, BrokerTransactionKind>> = {
  Buy: 'BUY',
  Sell: 'SELL',
  Send: 'TRANSFER_OUT',
  Receive: 'TRANSFER_IN',
  'Staking reward': 'REWARD',
  'Learn reward': 'REWARD',
};

/** Revolut's account of crypto; a value is before the fee. */
export const revolutCrypto: BrokerFormat = {
  id: 'revolut-crypto',
  name: 'Revolut crypto account statement',
  recognise: withColumns('Symbol', 'Type', 'Quantity', 'Price', 'Value', 'Fees', 'Date'),
  locale: locale('.', 'UTC', false),
  read: ({ rows }) => readEach(rows, read),
};

function read(row: BrokerRow): RowResult {
  const type = row.text('Type');
  if (type === 'Stake' || type === 'Unstake') return 'staked coins stay in the account';
  const kind = KINDS[type];
  if (!kind) throw new CellError('Type', type, 'a type of Revolut such as Buy');
  const isTrade = kind === 'BUY' || kind === 'SELL';
  const value = isTrade ? row.money('Value') : null;
  const fee = isTrade ? (row.moneyOrNull('Fees')?.amount ?? null) : null;
  const gross = kind === 'BUY' ? value?.amount.negated() : value?.amount;
  const price = row.moneyOrNull('Price');
  return transaction({
    line: row.line,
    kind,
    ...row.time('Date', isoDate(row.text('Date'))),
    symbol: row.text('Symbol'),
    quantity: row.decimal('Quantity'),
    price: price?.amount,
    priceCurrency: price?.currency,
    amount: fee ? gross?.minus(fee) : gross,
    currency: value?.currency,
    fee,
    description: type,
  });
}

/** `May 5, 2020, 10:10:57 PM` with the date in figures. */
function isoDate(text: string): string {
  const parts = /^([A-Z][a-z]{2}) (\d{1,2}), (\d{4}), (.+)$/.exec(text);
  if (!parts) return text;
  const month = 'JanFebMarAprMayJunJulAugSepOctNovDec'.indexOf(parts[1]) / 3 + 1;
  return `${parts[3]}-${String(month).padStart(2, '0')}-${parts[2].padStart(2, '0')} ${parts[4]}`;
}
