import { type BrokerFormat, locale, withColumns } from './broker-format.ts';
import { type BrokerRow, CellError, readEach } from './broker-table.ts';
import { type BrokerTransaction, type BrokerTransactionKind, transaction } from './broker-transaction.ts';

const KINDS: readonly (readonly [RegExp, BrokerTransactionKind])[] = [
  [/^Koop\b/, 'BUY'],
  [/^Verkoop\b/, 'SELL'],
  [/dividend$/, 'DIVIDEND'],
  [/^Tarieven/, 'FEE'],
  [/^Rente\b/, 'INTEREST'],
];

/** Rabobank's mutations of an investment account, in euros. */
export const rabobank: BrokerFormat = {
  id: 'rabobank',
  name: 'Rabobank beleggen mutations',
  recognise: withColumns('Portefeuille', 'Type mutatie', 'Volume', 'Koers', 'Waarde', 'Bedrag', 'Isin code'),
  locale: locale(',', 'Europe/Amsterdam'),
  read: ({ rows }) => readEach(rows, read),
};

function read(row: BrokerRow): BrokerTransaction {
  const amount = row.decimal('Bedrag');
  const kind = kindOf(row.text('Type mutatie'), amount.isNegative());
  const hasUnits = kind === 'BUY' || kind === 'SELL' || kind === 'DIVIDEND';
  return transaction({
    line: row.line,
    kind,
    ...row.time('Datum', `${row.text('Datum')} ${row.text('Tijd')}`.trim()),
    isin: row.text('Isin code'),
    name: row.text('Naam'),
    quantity: hasUnits ? row.decimal('Volume') : null,
    price: hasUnits ? row.decimal('Koers') : null,
    priceCurrency: row.text('Valuta koers'),
    amount,
    currency: row.currency('Valuta mutatie'),
    fee: kind === 'FEE' ? amount.negated() : row.decimalOrNull('Valuta kosten €'),
    // A dividend has its worth before the tax that was withheld.
    withholding: kind === 'DIVIDEND' ? row.decimal('Waarde').minus(amount) : null,
    account: row.text('Portefeuille'),
    description: row.text('Type mutatie'),
  });
}

function kindOf(type: string, isOutgoing: boolean): BrokerTransactionKind {
  if (type.startsWith('Storting')) return isOutgoing ? 'WITHDRAWAL' : 'DEPOSIT';
  const kind = KINDS.find(([pattern]) => pattern.test(type))?.[1];
  if (!kind) throw new CellError('Type mutatie', type, 'a mutation of Rabobank such as Koop Fondsen');
  return kind;
}
