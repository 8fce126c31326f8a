import { Decimal } from '../../platform/decimal.ts';
import { type BrokerFormat } from './broker-format.ts';
import {
  balancesOf,
  BrokerRow,
  CellError,
  type Occurrence,
  readEach,
  type RowResult,
} from './broker-table.ts';
import {
  type BrokerRows,
  type BrokerTransaction,
  type BrokerTransactionKind,
  transaction,
} from './broker-transaction.ts';
import { type DecimalSign, decimalOf } from './decimal-text.ts';

/** Columns stand at the same places in every language; the two amounts have no header of their own. */
const COLUMNS = 12;
const [DATE, TIME, PRODUCT, ISIN, DESCRIPTION, RATE] = [0, 1, 3, 4, 5, 6];
const [CURRENCY, AMOUNT, BALANCE_CURRENCY, BALANCE, ORDER] = [7, 8, 9, 10, 11];

const BUY_WORDS = 'Koop|Buy|Compra|Achat|Kauf|Acquisto';
const SELL_WORDS = 'Verkoop|Sell|Venta|Venda|Vente|Verkauf|Vendita';
const ORDER_TEXT = new RegExp(
  `^(?:(?<event>[^:]+?)\\s*:\\s*)?(?<side>${BUY_WORDS}|${SELL_WORDS}) ` +
    '(?<quantity>\\d[\\d\\u00A0.,]*)\\s(?<name>.*?)@ ?(?<price>[\\d.,]+) (?<currency>[A-Z]{3})',
  'i',
);
const SELL = new RegExp(`^(${SELL_WORDS})$`, 'i');

const INTERNAL = 'moves money between DEGIRO and its bank';
/**
 * What the descriptions of rows other than orders have, in the languages seen; the first that matches counts.
 */
const KINDS: readonly (readonly [string, RegExp])[] = Object.entries<readonly string[]>({
  [INTERNAL]: ['cash sweep transfer', 'geldrekening bij flatexDEGIRO'],
  TAX: [
    '^dividendbelasting',
    '^dividend tax',
    '^impôts? sur dividende',
    '^dividendensteuer',
    '^imposto sobre',
    '^retención del',
    '^ritenuta sul',
  ],
  DIVIDEND: ['^dividend[eo]?$'],
  CURRENCY_EXCHANGE: [
    '^valuta (credit|debit)ering',
    '^fx (credit|debit)',
    'cambio de divisa',
    '(levantamento|dito) de divisa',
  ],
  FEE: [
    'kosten',
    'transaction fee',
    'third party',
    'connection fee',
    'comiss',
    'comision',
    '^frais',
    'gebühr',
  ],
  ADJUSTMENT: ['^reservation', '^processed flatex withdrawal', 'fonds monétaires', 'money market'],
  REWARD: ['courtesy'],
  WITHDRAWAL: ['^flatex terugstorting', 'withdrawal', 'opname', '^retirada$', '^retrait', 'auszahlung'],
  DEPOSIT: ['deposit', '^ingreso$', 'storting', 'einzahlung', '^versement', '^depósito'],
  INTEREST: ['rente', 'interest', 'zinsen', 'intérêt', 'juros', 'interés'],
}).map(([kind, texts]) => [kind, new RegExp(texts.join('|'), 'i')]);

/** DEGIRO's account statement, in any of its languages; order fees and taxes are rows of their own. */
export const degiro: BrokerFormat = {
  id: 'degiro',
  name: 'DEGIRO account statement',
  recognise: (header) =>
    header.length === COLUMNS &&
    header[ISIN] === 'ISIN' &&
    header[RATE] === 'FX' &&
    header[AMOUNT] === '' &&
    /^order.?id$/i.test(header[ORDER]),
  locale: ([date]) => ({
    decimalSign: date === 'Date' ? '.' : ',',
    isDayFirst: true,
    timeZone: 'Europe/Amsterdam',
  }),
  read({ rows, header }) {
    const decimalSign = header[0] === 'Date' ? '.' : ',';
    const { whole, continued } = joinContinued(rows);
    const result = readEach(whole, (row) => read(row, decimalSign));
    const balances = balancesOf(whole, (row) => ({
      ...timeOf(row),
      asset: row.cells[BALANCE_CURRENCY] ?? '',
      amount: decimalOf(row.cells[BALANCE] ?? '', decimalSign),
    }));
    return { ...result, rows: withRates(result), skipped: [...result.skipped, ...continued], balances };
  },
};

/** An order id may be broken over two records, the second of which has nothing else. */
function joinContinued(rows: readonly BrokerRow[]) {
  const whole: { row: BrokerRow; order: string }[] = [];
  const continued: BrokerRows['skipped'] = [];
  for (const row of rows) {
    const last = whole.at(-1);
    if (last && row.cells.slice(0, ORDER).every((cell) => cell === '')) {
      last.order += row.cells[ORDER] ?? '';
      continued.push({ line: row.line, reason: 'the rest of the order id above' });
    } else whole.push({ row, order: row.cells[ORDER] ?? '' });
  }
  // A row that breaks off has no cell for it.
  const joined = whole.map(({ row, order }) => (row.cells.length > ORDER ? row.withCell(ORDER, order) : row));
  return { whole: joined, continued };
}

function timeOf(row: BrokerRow): Occurrence {
  return row.time('Datum', `${row.cells[DATE]} ${row.cells[TIME]}`);
}

function read(row: BrokerRow, sign: DecimalSign): RowResult {
  const description = row.cells[DESCRIPTION] ?? '';
  const kind = kindOf(description);
  if (kind === null) throw new CellError('Omschrijving', description, 'a description of DEGIRO');
  if (!isKind(kind)) return kind;
  const amountText = row.cells[AMOUNT] ?? '';
  const amount = decimalOf(amountText, sign);
  if (!amount) throw new CellError('Mutatie', amountText, 'an amount');
  const order = kind === 'ADJUSTMENT' ? undefined : ORDER_TEXT.exec(description)?.groups;
  const quantity = order && decimalOf(order.quantity, sign);
  const isSigned = kind === 'TICKER_CHANGE' || kind === 'STOCK_DIVIDEND';
  const rate = row.cells[RATE] ? decimalOf(row.cells[RATE], sign) : null;
  return transaction({
    line: row.line,
    kind,
    ...timeOf(row),
    isin: row.cells[ISIN],
    name: row.cells[PRODUCT],
    quantity: quantity && (isSigned && SELL.test(order.side) ? quantity.negated() : quantity),
    price: order && decimalOf(order.price, sign),
    priceCurrency: order?.currency,
    amount,
    currency: row.cells[CURRENCY],
    fee: kind === 'FEE' ? amount.negated() : null,
    withholding: kind === 'TAX' ? amount.negated() : null,
    // Completed by the other leg's currency.
    fxRate: rate && { from: '', to: row.cells[CURRENCY], rate: rate.toFixed() },
    group: row.cells[ORDER],
    description,
  });
}

function kindOf(description: string): string | null {
  const order = ORDER_TEXT.exec(description)?.groups;
  if (order) {
    const event = order.event?.toLowerCase() ?? '';
    if (event === '') return SELL.test(order.side) ? 'SELL' : 'BUY';
    if (/stock dividend/.test(event)) return 'STOCK_DIVIDEND';
    if (/split/.test(event)) return 'SPLIT';
    if (/wijziging|change|cambio|änderung|changement/.test(event)) return 'TICKER_CHANGE';
  }
  return KINDS.find(([, pattern]) => pattern.test(description))?.[0] ?? null;
}

function isKind(value: string): value is BrokerTransactionKind {
  return /^[A-Z_]+$/.test(value);
}

/** The legs of an exchange stand beside each other; the rate stands on one and is per unit of the other. */
function withRates({ rows }: BrokerRows): BrokerTransaction[] {
  return rows.map((row, index) => {
    if (!row.fxRate) return row;
    const isLeg = (other: BrokerTransaction | undefined) =>
      other?.kind === 'CURRENCY_EXCHANGE' &&
      other.currency !== row.currency &&
      other.occurredAtMs === row.occurredAtMs &&
      new Decimal(other.amount).times(row.amount).isNegative();
    const leg = [rows[index - 1], rows[index + 1]].find(isLeg);
    return { ...row, fxRate: leg?.currency ? { ...row.fxRate, from: leg.currency } : null };
  });
}
