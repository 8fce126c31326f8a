import { type BrokerFormat, locale, withColumns } from './broker-format.ts';
import { type BrokerRow, CellError, readEach } from './broker-table.ts';
import { type BrokerTransaction, type BrokerTransactionKind, transaction } from './broker-transaction.ts';

const KINDS: Readonly<Record<string, BrokerTransactionKind>> = {
  Köp: 'BUY',
  Sälj: 'SELL',
  Utdelning: 'DIVIDEND',
  Ränta: 'INTEREST',
  Insättning: 'DEPOSIT',
  Uttag: 'WITHDRAWAL',
  'Utländsk källskatt': 'TAX',
};

/** Avanza's transactions; an amount is in the account's currency and after the commission. */
export const avanza: BrokerFormat = {
  id: 'avanza',
  name: 'Avanza transactions',
  recognise: withColumns('Datum', 'Konto', 'Typ av transaktion', 'Antal', 'Kurs', 'Belopp', 'Valutakurs'),
  locale: locale(',', 'Europe/Stockholm', false),
  read: ({ rows }) => readEach(rows, read),
};

function read(row: BrokerRow): BrokerTransaction {
  const name = row.text('Värdepapper/beskrivning');
  const kind = kindOf(row, name);
  const amount = row.decimalOrNull('Belopp');
  const [currency, instrumentCurrency] = [row.text('Transaktionsvaluta'), row.text('Instrumentvaluta')];
  const rate = row.decimalOrNull('Valutakurs');
  // Dividends state a rate of 1, which is none.
  const isConverted = (kind === 'BUY' || kind === 'SELL') && instrumentCurrency !== currency;
  const isWithheld = row.text('Typ av transaktion') === 'Utländsk källskatt';
  return transaction({
    line: row.line,
    kind,
    ...row.time('Datum'),
    isin: row.text('ISIN'),
    name: row.text('ISIN') && name,
    quantity: kind === 'TAX' ? null : row.decimalOrNull('Antal'),
    price: row.decimalOrNull('Kurs'),
    priceCurrency: instrumentCurrency,
    amount,
    currency,
    fee: kind === 'FEE' ? amount?.negated() : row.decimalOrNull('Courtage (SEK)'),
    tax: kind === 'TAX' && !isWithheld ? amount?.negated() : null,
    withholding: isWithheld ? amount?.negated() : null,
    fxRate: rate && isConverted ? { from: instrumentCurrency, to: currency, rate: rate.toFixed() } : null,
    account: row.text('Konto'),
    description: `${row.text('Typ av transaktion')}: ${name}`,
  });
}

/** "Other" is told by its text; with units and no amount, one fund was exchanged for another. */
function kindOf(row: BrokerRow, name: string): BrokerTransactionKind {
  const type = row.text('Typ av transaktion');
  if (KINDS[type]) return KINDS[type];
  if (type === 'Övrigt') {
    if (row.text('Antal') !== '' && row.text('Belopp') === '') return 'TICKER_CHANGE';
    if (/skatt/i.test(name)) return 'TAX';
    if (/avgift/i.test(name)) return 'FEE';
  }
  throw new CellError('Typ av transaktion', `${type}: ${name}`, 'a transaction of Avanza such as Köp');
}
