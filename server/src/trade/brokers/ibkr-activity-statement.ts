import { type BrokerFormat, type BrokerTable, locale } from './broker-format.ts';
import { type BrokerRow, CellError, occurrenceOf, readEach, type RowResult } from './broker-table.ts';
import { type BrokerRows, transaction } from './broker-transaction.ts';
import { decimalOf } from './decimal-text.ts';
import { FLEX_TIME_ZONE, type FlexRecord, readCash, readCorporateAction, readTrade } from './ibkr-flex.ts';

const DAY_MS = 86_400_000;
const BASE_SUMMARY = 'Base Currency Summary';

/** Sections of payments, and the type of cash transaction that a Flex query would give them. */
const CASH_SECTIONS: Readonly<Record<string, string>> = {
  'Deposits & Withdrawals': 'Deposits & Withdrawals',
  Dividends: 'Dividends',
  'Payment In Lieu Of Dividends': 'Payment In Lieu Of Dividends',
  'Withholding Tax': 'Withholding Tax',
  '871(m) Withholding': '871(m) Withholding',
  Interest: 'Broker Interest',
  'Bond Interest': 'Bond Interest',
  Fees: 'Other Fees',
  'Transaction Fees': 'Transaction Fees',
  'Commission Adjustments': 'Commission Adjustments',
};

/** The columns that stand for the fields of a Flex query; where there are several, the first that has something. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  accountId: ['Account'],
  currency: ['Currency'],
  quantity: ['Quantity'],
  tradePrice: ['T. Price'],
  proceeds: ['Proceeds'],
  dateTime: ['Date/Time', 'Date'],
  settleDate: ['Settle Date', 'Date'],
  reportDate: ['Report Date'],
  amount: ['Amount'],
  description: ['Description'],
};

/** A line of data under the header of its section, as a record of a Flex query. */
class StatementRecord implements FlexRecord {
  readonly line: number;
  readonly section: string;
  private readonly header: readonly string[];
  private readonly cells: readonly string[];
  /** What does not stand in a column of its own. */
  readonly more: Record<string, string> = {};

  constructor(row: BrokerRow, header: readonly string[]) {
    this.line = row.line;
    [this.section] = row.cells;
    this.header = header;
    this.cells = row.cells;
  }

  field(name: string): string {
    const given = this.more[name];
    if (given !== undefined) return given;
    const columns = COLUMNS[name] ?? [];
    return columns.map((column) => this.text(column)).find((text) => text !== '') ?? '';
  }

  /** The cell under a column of the section; empty where there is none, or a dash. */
  text(column: string): string {
    const text = this.cells[this.header.indexOf(column)] ?? '';
    return text === '--' ? '' : text;
  }

  /** The column that a pattern names first, or undefined. */
  column(pattern: RegExp): string | undefined {
    return this.header.find((name) => pattern.test(name));
  }

  /** Whether it adds up others. */
  get isTotal(): boolean {
    return this.cells.slice(2, 5).some((cell) => /^Total\b/.test(cell));
  }
}

interface Instrument {
  readonly isin: string;
  readonly name: string;
  readonly multiplier: string;
}

/** Interactive Brokers' activity statement as CSV: a file of sections, each with a header of its own. */
export const ibkrActivityStatement: BrokerFormat = {
  id: 'ibkr-activity-statement',
  name: 'Interactive Brokers activity statement',
  recognise: ([section, mark, field, value]) =>
    section === 'Statement' &&
    mark === 'Data' &&
    field === 'Title' &&
    /^Activity|Activity Statement$/.test(value ?? ''),
  locale: locale('.', FLEX_TIME_ZONE, false),
  read(table) {
    const headers = new Map<string, readonly string[]>();
    const records = new Map<BrokerRow, StatementRecord>();
    for (const row of table.rows) {
      const [section, mark] = row.cells;
      if (mark === 'Header') headers.set(section, row.cells);
      else if (mark === 'Data') records.set(row, new StatementRecord(row, headers.get(section) ?? []));
    }
    const all = [...records.values()];
    const instruments = instrumentsOf(all);
    const read = readEach(table.rows, (row) => {
      const record = records.get(row);
      if (!record) return row.cells[1] === 'Header' ? 'a header' : 'a total or a note';
      return readRecord(record, instruments, row.timeZone);
    });
    return { ...read, balances: cashBalances(all, read, table) };
  },
};

function instrumentsOf(records: readonly StatementRecord[]): ReadonlyMap<string, Instrument> {
  const instruments = new Map<string, Instrument>();
  for (const record of records) {
    if (record.section !== 'Financial Instrument Information') continue;
    const [isin, name, multiplier] = ['Security ID', 'Description', 'Multiplier'].map((column) =>
      record.text(column),
    );
    // One that was renamed stands under all of its symbols.
    for (const symbol of record.text('Symbol').split(', '))
      instruments.set(symbol, { isin, name, multiplier });
  }
  return instruments;
}

function readRecord(
  record: StatementRecord,
  instruments: ReadonlyMap<string, Instrument>,
  timeZone: string,
): RowResult {
  const { section } = record;
  if (record.isTotal) return 'a sum of other rows';
  try {
    if (section === 'Trades') return readOrder(record, instruments, timeZone);
    if (section === 'Corporate Actions') return readAction(record);
    if (section === 'Transfers') return readTransfer(record, instruments);
    const type = CASH_SECTIONS[section];
    return type === undefined ? `of the section ${section}` : readPayment(record, type, instruments);
  } catch (error) {
    if (!(error instanceof CellError)) throw error;
    const column = COLUMNS[error.column ?? '']?.find((name) => record.column(new RegExp(`^${name}$`)));
    throw Object.assign(error, { column: column ?? error.column });
  }
}

function readOrder(
  record: StatementRecord,
  instruments: ReadonlyMap<string, Instrument>,
  timeZone: string,
): RowResult {
  if (!['Order', ''].includes(record.text('DataDiscriminator'))) return 'a part of an order';
  const symbol = record.text('Symbol');
  const instrument = instruments.get(symbol);
  const charge = record.column(/^Comm(\/Fee| in [A-Z]{3})$/) ?? '';
  Object.assign(record.more, {
    symbol,
    isin: instrument?.isin ?? '',
    // What was traded is called by its name, not by a description of the trade.
    description: instrument?.name ?? '',
    multiplier: instrument?.multiplier.replaceAll(',', '') ?? '',
    assetCategory: record.text('Asset Category') === 'Forex' ? 'CASH' : '',
    buySell: record.text('Quantity').startsWith('-') ? 'SELL' : 'BUY',
    ibCommission: record.text(charge),
    ibCommissionCurrency: /^Comm in (.+)$/.exec(charge)?.[1] ?? '',
  });
  return readTrade(record, timeZone);
}

/** A payment of an instrument begins with its symbol and ISIN: AAPL(US0378331005) Cash Dividend ... */
function readPayment(
  record: StatementRecord,
  type: string,
  instruments: ReadonlyMap<string, Instrument>,
): RowResult {
  const symbol = record.text('Symbol') || (/^([^\s(]+) ?\(/.exec(record.text('Description'))?.[1] ?? '');
  Object.assign(record.more, { type, symbol, isin: instruments.get(symbol)?.isin ?? '' });
  return readCash(record);
}

/** An action ends with the symbol, name and ISIN of what came or went: ... (AAPL, APPLE INC, US0378331005). */
function readAction(record: StatementRecord): RowResult {
  const description = record.text('Description');
  const named = /\(([^(),]+), [^()]*, ([A-Z0-9]{12})\)\s*$/.exec(description);
  const symbol = named?.[1] ?? /^([^\s(]+) ?\(/.exec(description)?.[1] ?? '';
  const isin = named?.[2] ?? /\(([A-Z0-9]{12})\)/.exec(description)?.[1] ?? '';
  Object.assign(record.more, { symbol, isin });
  return readCorporateAction(record);
}

/** Units or cash that came from another account, or went there. */
function readTransfer(record: StatementRecord, instruments: ReadonlyMap<string, Instrument>): RowResult {
  const [symbol, direction] = [record.text('Symbol'), record.text('Direction')];
  const day = occurrenceOf(record.text('Date').split(/[;, ]/)[0], false, 'UTC');
  if (!day) throw new CellError('Date', record.text('Date'), 'a date');
  const number = (column: string) => {
    const value = decimalOf(record.text(column), '.');
    if (!value) throw new CellError(column, record.text(column), 'a number');
    return value;
  };
  const shared = {
    line: record.line,
    ...day,
    currency: record.text('Currency'),
    account: record.text('Account'),
  };
  if (symbol === '') {
    const amount = number('Cash Amount');
    return transaction({ ...shared, kind: amount.isNegative() ? 'WITHDRAWAL' : 'DEPOSIT', amount });
  }
  if (direction !== 'In' && direction !== 'Out') throw new CellError('Direction', direction, 'In or Out');
  const instrument = instruments.get(symbol);
  return transaction({
    ...shared,
    kind: direction === 'In' ? 'TRANSFER_IN' : 'TRANSFER_OUT',
    symbol,
    isin: instrument?.isin,
    name: instrument?.name,
    quantity: number('Qty'),
    price: record.text('Xfer Price') === '' ? null : number('Xfer Price'),
  });
}

/**
 * Cash at the start and at the end of the period, of each currency; that of the sum in the base currency where all that
 * happened was in it.
 */
function cashBalances(
  records: readonly StatementRecord[],
  { rows }: BrokerRows,
  { rows: lines }: BrokerTable,
): NonNullable<BrokerRows['balances']> {
  const stated = (section: string, field: string) =>
    records.find((one) => one.section === section && one.text('Field Name') === field)?.text('Field Value') ??
    '';
  const period = lines.find(({ cells }) => cells[0] === 'Statement' && cells[2] === 'Period')?.cells[3] ?? '';
  const [fromMs, toMs = fromMs] = period.split(' - ').map((day) => Date.parse(`${day} UTC`));
  const base = stated('Account Information', 'Base Currency');
  const isAllInBase = rows.every(({ currency }) => currency === base);
  return records
    .filter(({ section }) => section === 'Cash Report')
    .flatMap((record) => {
      const what = record.text('Currency Summary');
      const isStart = what === 'Starting Cash';
      const asset =
        record.text('Currency') === BASE_SUMMARY ? (isAllInBase ? base : '') : record.text('Currency');
      const amount = decimalOf(record.text('Total'), '.');
      const occurredAtMs = isStart ? fromMs - 1 : toMs + DAY_MS - 1;
      const isStated = isStart || what === 'Ending Cash';
      if (!isStated || !amount || asset === '' || Number.isNaN(occurredAtMs)) return [];
      return [{ line: record.line, occurredAtMs, asset, amount: amount.toFixed() }];
    });
}
