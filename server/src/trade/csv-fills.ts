import { Decimal } from 'decimal.js';
import { zonedToUtc } from '../market-data/calendar.ts';
import {
  type CsvDialect,
  detectColumns,
  type ImportColumn,
  type ImportProblem,
  normalizeNumber,
  parseDate,
} from '../market-data/csv.ts';

const ALIASES = {
  date: ['date', 'datetime', 'time', 'timestamp', 'tradedate', 'executedat', 'executiontime'],
  symbol: ['symbol', 'ticker', 'instrument', 'code'],
  side: ['side', 'action', 'type', 'buysell', 'transactiontype', 'direction'],
  quantity: ['quantity', 'qty', 'shares', 'units', 'amount', 'size'],
  price: ['price', 'unitprice', 'tradeprice', 'fillprice', 'executionprice'],
  fee: ['fee', 'fees', 'commission', 'commissions', 'charges'],
  currency: ['currency', 'ccy', 'curr'],
  externalId: ['id', 'externalid', 'tradeid', 'orderid', 'executionid', 'reference'],
} as const;

const BUY = ['buy', 'b', 'bought', 'long', 'bot'];
const SELL = ['sell', 's', 'sold', 'short', 'sld'];

/** One execution as a file states it; amounts are exact decimal strings. */
export interface FillLine {
  readonly line: number;
  readonly executedAtMs: number;
  readonly symbol: string;
  readonly side: 'BUY' | 'SELL';
  readonly quantity: string;
  readonly price: string;
  readonly fee: string;
  readonly currency: string | null;
  readonly externalId: string | null;
}

/** Reads the lines of a file of fills: give it the header, then each line. */
export class FillReader {
  readonly columns: readonly ImportColumn[];
  private readonly dialect: CsvDialect;
  private readonly timeZone: string;
  private readonly width: number;
  private readonly index: Readonly<Record<string, number | undefined>>;

  constructor(headers: readonly string[], dialect: CsvDialect, timeZone: string) {
    this.columns = detectColumns(headers, ALIASES);
    this.dialect = dialect;
    this.timeZone = timeZone;
    this.width = headers.length;
    this.index = Object.fromEntries(this.columns.map(({ field, index }) => [field, index]));
  }

  /** What is missing for fills to be read at all; null when nothing is. */
  headerProblem(headers: readonly string[]): string | null {
    const missing = ['date', 'symbol', 'quantity', 'price'].filter(
      (field) => this.index[field] === undefined,
    );
    if (missing.length === 0) return null;
    return `expected columns for ${missing.join(', ')} (such as Date, Symbol, Side, Quantity, Price, Fee, Currency), was ${headers.join(', ') || 'an empty file'}`;
  }

  /** One line as a fill, or what is wrong with it. */
  read(cells: readonly string[], line: number): FillLine | ImportProblem {
    if (cells.length !== this.width)
      return {
        line,
        column: null,
        value: null,
        reason: `expected ${this.width} cells, was ${cells.length}`,
        severity: 'ERROR',
      };
    const cell = (field: string) => (this.index[field] === undefined ? '' : cells[this.index[field]].trim());
    const executedAtMs = this.time(cell('date'));
    if (executedAtMs === null)
      return this.problem(
        line,
        'date',
        cell('date'),
        'expected a date or a time such as 2024-05-31 or 2024-05-31 15:30',
      );
    if (cell('symbol') === '') return this.problem(line, 'symbol', '', 'expected a symbol');
    const quantity = this.decimal(cell('quantity'));
    const signed = this.index.side === undefined;
    const side = signed ? (quantity?.isNegative() ? 'SELL' : 'BUY') : sideOf(cell('side'));
    if (side === null) return this.problem(line, 'side', cell('side'), 'expected buy or sell');
    if (quantity === null || quantity.isZero() || (quantity.isNegative() && !signed)) {
      return this.problem(
        line,
        'quantity',
        cell('quantity'),
        signed ? 'expected a quantity other than 0' : 'expected a quantity above 0',
      );
    }
    const price = this.decimal(cell('price'));
    if (price === null || !price.isPositive())
      return this.problem(line, 'price', cell('price'), 'expected a price of 0 or more');
    const fee = cell('fee') === '' ? new Decimal(0) : this.decimal(cell('fee'));
    if (fee === null) return this.problem(line, 'fee', cell('fee'), 'expected an amount');
    const currency = cell('currency').toUpperCase();
    if (currency !== '' && !/^[A-Z][A-Z0-9]{1,9}$/.test(currency))
      return this.problem(line, 'currency', cell('currency'), 'expected a currency code such as USD');
    return {
      line,
      executedAtMs,
      symbol: cell('symbol').toUpperCase(),
      side,
      quantity: quantity.abs().toFixed(),
      price: price.toFixed(),
      // Brokers write a fee with either sign.
      fee: fee.abs().toFixed(),
      currency: currency || null,
      externalId: cell('externalId') || null,
    };
  }

  private time(text: string): number | null {
    const date = parseDate(text, this.dialect);
    if (date === null) return null;
    if (date.epochMs !== null) return date.epochMs;
    const { hour, minute, second } = date.time ?? { hour: 0, minute: 0, second: 0 };
    return zonedToUtc(
      date.year,
      date.month,
      date.day,
      hour,
      minute,
      second,
      date.time ? this.timeZone : 'UTC',
    );
  }

  private decimal(text: string): Decimal | null {
    const plain = normalizeNumber(text, this.dialect);
    return plain === null ? null : new Decimal(plain);
  }

  private problem(line: number, field: string, value: string, expected: string): ImportProblem {
    const header = this.columns.find((one) => one.field === field)?.header ?? field;
    return {
      line,
      column: header,
      value,
      reason: `${expected}, was ${value === '' ? 'empty' : value}`,
      severity: 'ERROR',
    };
  }
}

function sideOf(text: string): 'BUY' | 'SELL' | null {
  const word = text.toLowerCase().split(/\W+/)[0];
  if (BUY.includes(word)) return 'BUY';
  return SELL.includes(word) ? 'SELL' : null;
}
