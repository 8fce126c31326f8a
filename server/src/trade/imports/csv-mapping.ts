import { createHash } from 'node:crypto';
import { type CsvDialect, detectColumns, detectDialect } from '../../market-data/csv.ts';
import { type BrokerRecord, type BrokerRecords, readRecords } from '../brokers/broker-table.ts';
import type { BrokerTransactionKind } from '../brokers/broker-transaction.ts';

/** What a column of a file may hold. */
export const CSV_FIELDS = [
  'date',
  'time',
  'kind',
  'symbol',
  'isin',
  'name',
  'quantity',
  'price',
  'amount',
  'currency',
  'fee',
  'tax',
  'externalId',
  'note',
] as const;

/** What a column of a file may hold. */
export type CsvField = (typeof CSV_FIELDS)[number];

/** How the columns of a file are read where no format knows it. */
export interface CsvMapping {
  readonly columns: readonly { readonly field: CsvField; readonly index: number }[];
  readonly isDayFirst: boolean;
  readonly hasDecimalComma: boolean;
  /** Whether `amount` is what moved in cash, costs taken off, or the amount before costs. */
  readonly isAmountNet: boolean;
  /** What the words in the column of kinds mean; null leaves their rows out. */
  readonly kinds: readonly { readonly word: string; readonly kind: BrokerTransactionKind | null }[];
}

/** A file of any columns as a person sees it before they are mapped. */
export interface CsvPreview {
  /** Names the shape of the file: the hash of its header. */
  readonly shape: string;
  readonly header: readonly string[];
  readonly samples: readonly (readonly string[])[];
  /** The first words of each column, and what they are taken for where it holds kinds. */
  readonly words: readonly CsvMapping['kinds'][];
  readonly mapping: CsvMapping;
}

/** A word of the column of kinds, and whether somebody chose what it means. */
export type KindWord = CsvMapping['kinds'][number] & { readonly isChosen: boolean };

const ALIASES: Readonly<Record<CsvField, readonly string[]>> = {
  date: [
    'date',
    'datetime',
    'timestamp',
    'tradedate',
    'executedat',
    'executiontime',
    'datum',
    'buchungstag',
    'fecha',
    'data',
    'time',
    'transactiondate',
    'createdat',
  ],
  time: ['uhrzeit', 'tijd', 'heure', 'hora', 'timeofday'],
  kind: [
    'side',
    'action',
    'type',
    'kind',
    'buysell',
    'transactiontype',
    'direction',
    'typ',
    'transaction',
    'operation',
  ],
  symbol: ['symbol', 'ticker', 'code', 'tickersymbol', 'instrument', 'asset'],
  isin: ['isin', 'isincode'],
  name: ['name', 'product', 'security', 'securityname', 'assetname', 'bezeichnung', 'description'],
  quantity: ['quantity', 'qty', 'shares', 'units', 'size', 'noofshares', 'anzahl', 'stuck', 'volume'],
  price: [
    'price',
    'unitprice',
    'tradeprice',
    'fillprice',
    'executionprice',
    'pricepershare',
    'shareprice',
    'kurs',
    'preis',
  ],
  amount: [
    'amount',
    'netamount',
    'total',
    'value',
    'totalamount',
    'betrag',
    'totaltradevalue',
    'bedrag',
    'montant',
  ],
  currency: ['currency', 'ccy', 'curr', 'currencycode', 'wahrung', 'devise'],
  fee: ['fee', 'fees', 'commission', 'commissions', 'charges', 'feescomm', 'gebuhr', 'kosten'],
  tax: ['tax', 'taxes', 'withholdingtax', 'steuer', 'steuern', 'belasting'],
  externalId: ['id', 'externalid', 'tradeid', 'orderid', 'executionid', 'reference', 'transactionid'],
  note: ['note', 'notes', 'comment', 'memo'],
};

const KIND_WORDS: readonly (readonly [RegExp, BrokerTransactionKind])[] = [
  [
    /reinvest|^(buy|b|bought|bot|purchase|kauf|achat|koop|aankoop|compra|acquisto|long|market buy|limit buy)\b/i,
    'BUY',
  ],
  [/^(sell|s|sold|sld|sale|verkauf|vente|verkoop|venta|vendita|short|market sell|limit sell)\b/i, 'SELL'],
  [/withh|tax|steuer|belasting|imp[oô]t/i, 'TAX'],
  [/divid|distribution|aussch[uü]ttung/i, 'DIVIDEND'],
  [/interest|zins|rente|int[eé]r[eê]t/i, 'INTEREST'],
  [/fee|commission|geb[uü]hr|kosten|frais/i, 'FEE'],
  [/deposit|top.?up|einzahlung|storting|incoming|cash in|versement/i, 'DEPOSIT'],
  [/withdraw|auszahlung|onttrekking|outgoing|cash out|retrait/i, 'WITHDRAWAL'],
  [/transfer in|receive/i, 'TRANSFER_IN'],
  [/transfer out|send/i, 'TRANSFER_OUT'],
  [/split/i, 'SPLIT'],
  [/reward|staking|bonus/i, 'REWARD'],
];

const SAMPLE_ROWS = 5;
const WORDS_MAXIMUM = 50;

/** The delimiter and records of a file of any columns; the first record is its header. */
export function readCsv(text: string): BrokerRecords & { readonly dialect: CsvDialect } {
  const dialect = detectDialect(text);
  return { dialect, ...readRecords(text, dialect.delimiter) };
}

/** Looks into a file of any columns and guesses how it is read; null where it has no header and rows. */
export function previewCsv(text: string): CsvPreview | null {
  const { dialect, records } = readCsv(text);
  if (records.length < 2) return null;
  const [{ cells: header }, ...rows] = records;
  const guessed = detectColumns(header.map(plainLetters), ALIASES);
  const columns = guessed
    .filter(({ index }, position) => guessed.findIndex((one) => one.index === index) === position)
    .map(({ field, index }) => ({ field: field as CsvField, index }));
  const { isDayFirst, hasDecimalComma } = dialect;
  const words = header.map((_, index) => kindWords(rows, index));
  if (!columns.some(({ field }) => field === 'kind')) {
    const index = words.findIndex(
      (found, at) => tellsSides(found) && !columns.some((one) => one.index === at),
    );
    if (index >= 0) columns.push({ field: 'kind', index });
  }
  const kindIndex = columns.find(({ field }) => field === 'kind')?.index;
  return {
    shape: shapeOf(header),
    header,
    samples: rows.slice(0, SAMPLE_ROWS).map(({ cells }) => cells),
    words,
    mapping: {
      columns,
      isDayFirst,
      hasDecimalComma,
      isAmountNet: true,
      kinds: kindIndex === undefined ? [] : words[kindIndex],
    },
  };
}

/** Whether a column says what rows are, whatever its header: all of its words are known, and some buy or sell. */
function tellsSides(words: CsvMapping['kinds']): boolean {
  return (
    words.every(({ kind }) => kind !== null) && words.some(({ kind }) => kind === 'BUY' || kind === 'SELL')
  );
}

/** The words in a column of kinds, and what they are taken for. */
function kindWords(rows: readonly BrokerRecord[], index: number): CsvMapping['kinds'] {
  const words = new Set<string>();
  for (const { cells } of rows) {
    if (words.size === WORDS_MAXIMUM) break;
    if (cells[index]) words.add(cells[index]);
  }
  return [...words].map((word) => ({ word, kind: kindOfWord(word) }));
}

/** The words of a file's column of kinds: those that were chosen before, and then those that are new. */
export function wordsWith({ words }: CsvPreview, { columns, kinds }: CsvMapping): KindWord[] {
  const chosen = new Set(kinds.map(({ word }) => word.toLowerCase()));
  const index = columns.find(({ field }) => field === 'kind')?.index;
  const found = (index === undefined ? null : words[index]) ?? [];
  const added = found.filter(({ word }) => !chosen.has(word.toLowerCase()));
  return [
    ...kinds.map((one) => ({ ...one, isChosen: true })),
    ...added.map((one) => ({ ...one, isChosen: false })),
  ];
}

/** What a word says of a row; null where it is not known. */
export function kindOfWord(word: string): BrokerTransactionKind | null {
  return KIND_WORDS.find(([pattern]) => pattern.test(word.trim()))?.[1] ?? null;
}

/** Names the shape of a file: the hash of its header. */
export function shapeOf(header: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(header)).digest('hex').slice(0, 32);
}

/** Letters without their marks: Währung is found as wahrung. */
function plainLetters(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '');
}
