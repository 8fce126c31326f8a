import { Decimal } from '../../platform/decimal.ts';
import { BrokerRow, CellError, type Occurrence, readEach } from '../brokers/broker-table.ts';
import {
  type BrokerTransaction,
  type BrokerTransactionKind,
  transaction,
} from '../brokers/broker-transaction.ts';
import type { BrokerFile } from '../brokers/registry.ts';
import { type CsvField, type CsvMapping, kindOfWord, readCsv, shapeOf } from './csv-mapping.ts';

/** The format of files that a person maps. */
export const MAPPED_CSV = { id: 'csv', name: 'CSV with chosen columns' };

const OUTGOING: readonly BrokerTransactionKind[] = ['BUY', 'WITHDRAWAL', 'TRANSFER_OUT'];
const INCOMING: readonly BrokerTransactionKind[] = ['SELL', 'DEPOSIT', 'TRANSFER_IN'];

/** Reads a file by a mapping of its columns, into the same rows as a broker's file. */
export function readMappedCsv(
  text: string,
  mapping: CsvMapping,
  hints: { readonly timeZone: string; readonly currency: string },
): BrokerFile & { format: typeof MAPPED_CSV; shape: string } {
  const { records, errors } = readCsv(text);
  const [header, ...body] = records;
  const names = header?.cells ?? [];
  const locale = {
    decimalSign: mapping.hasDecimalComma ? (',' as const) : ('.' as const),
    isDayFirst: mapping.isDayFirst,
    timeZone: hints.timeZone,
  };
  // Headers may repeat: a column is named by its place.
  const places = names.map((_, index) => String(index));
  const rows = body.map((record) => new BrokerRow(record, places, locale));
  const reader = new MappedReader(mapping, names, hints.currency);
  const read = readEach(rows, (row) => reader.read(row));
  return { format: MAPPED_CSV, shape: shapeOf(names), ...read, errors: [...read.errors, ...errors] };
}

class MappedReader {
  private readonly columns: ReadonlyMap<CsvField, string>;
  private readonly kinds: ReadonlyMap<string, BrokerTransactionKind | null>;
  private readonly mapping: CsvMapping;
  private readonly names: readonly string[];
  private readonly currency: string;

  constructor(mapping: CsvMapping, names: readonly string[], currency: string) {
    this.mapping = mapping;
    this.names = names;
    this.currency = currency;
    this.columns = new Map(mapping.columns.map(({ field, index }) => [field, String(index)]));
    this.kinds = new Map(mapping.kinds.map(({ word, kind }) => [word.toLowerCase(), kind]));
  }

  read(row: BrokerRow): BrokerTransaction | string {
    try {
      return this.transactionOf(row);
    } catch (error) {
      // A column is known by its place here and by its header to people.
      if (error instanceof CellError && error.column !== null)
        throw Object.assign(error, { column: this.names[Number(error.column)] ?? error.column });
      throw error;
    }
  }

  private transactionOf(row: BrokerRow): BrokerTransaction | string {
    const quantity = this.number(row, 'quantity');
    const kind = this.kindOf(row, quantity);
    if (kind === null) return 'left out by the mapping of kinds';
    const { amount, fee, tax } = this.amounts(row, kind, quantity);
    const hasUnits = !['DEPOSIT', 'WITHDRAWAL', 'FEE', 'TAX', 'INTEREST', 'DIVIDEND'].includes(kind);
    return transaction({
      line: row.line,
      kind,
      ...this.time(row),
      symbol: this.text(row, 'symbol').toUpperCase(),
      isin: this.text(row, 'isin'),
      name: this.text(row, 'name'),
      quantity: hasUnits ? (kind === 'SPLIT' ? quantity : (quantity?.abs() ?? null)) : null,
      price: this.priceOf(row, kind, quantity),
      amount,
      currency: this.currencyOf(row),
      fee,
      tax,
      externalId: this.text(row, 'externalId'),
      description: this.text(row, 'note'),
    });
  }

  /** Without a column of kinds, units are bought where positive and sold where negative. */
  private kindOf(row: BrokerRow, quantity: Decimal | null): BrokerTransactionKind | null {
    const column = this.columns.get('kind');
    if (column === undefined) {
      if (quantity && !quantity.isZero()) return quantity.isNegative() ? 'SELL' : 'BUY';
      throw new CellError(this.columns.get('quantity') ?? null, '', 'units bought or sold');
    }
    const word = row.text(column);
    const chosen = this.kinds.get(word.toLowerCase());
    if (chosen !== undefined) return chosen;
    const kind = kindOfWord(word);
    if (kind === null)
      throw new CellError(column, word, 'a word for what the row is, such as buy or dividend');
    return kind;
  }

  /** As stated; what units of a reinvested dividend were bought at follows from what was paid for them. */
  private priceOf(row: BrokerRow, kind: BrokerTransactionKind, quantity: Decimal | null): Decimal | null {
    const price = this.number(row, 'price');
    if (price || kind !== 'REINVESTED_DIVIDEND' || !quantity || quantity.isZero()) return price;
    return this.number(row, 'amount')?.abs().div(quantity.abs()) ?? null;
  }

  /** The change of cash after costs: as stated, or units times price. */
  private amounts(row: BrokerRow, kind: BrokerTransactionKind, quantity: Decimal | null) {
    const zero = new Decimal(0);
    // Files write costs with either sign.
    const [fee, tax] = [this.number(row, 'fee') ?? zero, this.number(row, 'tax') ?? zero].map((cost) =>
      cost.abs(),
    );
    const stated = this.number(row, 'amount');
    const price = this.number(row, 'price');
    if (stated === null && (price === null || quantity === null)) {
      if (kind === 'FEE' && !fee.isZero()) return { amount: fee.negated(), fee, tax: null };
      if (kind === 'TAX' && !tax.isZero()) return { amount: tax.negated(), fee: null, tax };
      if (['TRANSFER_IN', 'TRANSFER_OUT', 'SPLIT', 'REWARD'].includes(kind) && quantity !== null)
        return { amount: null, fee, tax };
      throw new CellError(
        this.columns.get('amount') ?? this.columns.get('price') ?? null,
        '',
        'an amount, or units and a price',
      );
    }
    // What it is worth buys units at once.
    if (kind === 'REINVESTED_DIVIDEND') return { amount: null, fee, tax };
    const isUnits = ['TRANSFER_IN', 'TRANSFER_OUT', 'SPLIT', 'REWARD'].includes(kind) && quantity !== null;
    if (isUnits) return { amount: null, fee, tax };
    const size = stated ?? quantity!.times(price!);
    const signed = OUTGOING.includes(kind)
      ? size.abs().negated()
      : INCOMING.includes(kind)
        ? size.abs()
        : size;
    if (kind === 'FEE' || kind === 'TAX') {
      const cost = stated === null || stated.isZero() ? fee.plus(tax) : size.abs();
      return { amount: cost.negated(), fee: kind === 'FEE' ? cost : null, tax: kind === 'TAX' ? cost : null };
    }
    const isNet = stated !== null && this.mapping.isAmountNet;
    return { amount: isNet ? signed : signed.minus(fee).minus(tax), fee, tax };
  }

  private currencyOf(row: BrokerRow): string {
    const column = this.columns.get('currency');
    if (column === undefined || row.text(column) === '') return this.currency;
    return row.currency(column);
  }

  private time(row: BrokerRow): Occurrence {
    const date = this.text(row, 'date');
    const time = this.text(row, 'time');
    return row.time(this.columns.get('date') ?? 'date', time === '' ? date : `${date} ${time}`);
  }

  private number(row: BrokerRow, field: CsvField): Decimal | null {
    const column = this.columns.get(field);
    if (column === undefined) return null;
    const text = row.text(column);
    return /^-?$/.test(text) ? null : row.money(column).amount;
  }

  private text(row: BrokerRow, field: CsvField): string {
    const column = this.columns.get(field);
    return column === undefined ? '' : row.text(column);
  }
}
