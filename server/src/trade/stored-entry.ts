import { Decimal, ZERO } from '../platform/decimal.ts';
import type { LedgerEntry } from './ledger.ts';
import type { TransactionKind } from './transaction-kinds.ts';

// Control characters, which no identifier holds and JSON escapes.
const [FIELD_END, ROW_END] = [31, 30];

const TEXTS = [
  't.id',
  't.account_id',
  't.counter_account_id',
  't.kind',
  't.instrument_id',
  't.other_instrument_id',
  't.currency',
  't.other_currency',
  'i.currency',
  'o.currency',
  ...['t.executed_at', 't.acquired_at'].map((name) => `(date_part('epoch', ${name}) * 1000)::bigint`),
  't.lot_ids',
];
const DECIMALS = [
  'quantity',
  'price',
  'amount',
  'fee',
  'tax',
  'units',
  'per_units',
  'basis_fraction',
  'cost_basis',
  'exchange_rate',
  'other_amount',
].map((name) => `trim_scale(t.${name})`);
const COLUMNS = [...TEXTS, ...DECIMALS].map((one) => `coalesce((${one})::text, '')`);

/**
 * All rows of a question as one text: a driver that makes an object with a property for every column of
 * every row takes most of the time that it takes to read a ledger.
 */
export const ENTRIES_AS_TEXT = `string_agg(concat_ws(chr(${FIELD_END}), ${COLUMNS.join(', ')}), chr(${ROW_END})) as entries`;

/** A transaction as it was read; its decimals are made of their texts when they are first asked for. */
class StoredEntry implements LedgerEntry {
  readonly id: string;
  readonly accountId: string;
  readonly counterAccountId: string | null;
  readonly kind: TransactionKind;
  readonly timeMs: number;
  readonly instrumentId: string | null;
  readonly otherInstrumentId: string | null;
  readonly currency: string;
  readonly otherCurrency: string | null;
  readonly quoteCurrency: string | null;
  readonly otherQuoteCurrency: string | null;
  readonly acquiredMs: number | null;
  readonly lotIds: readonly string[];
  private readonly amounts: (string | Decimal | null)[];

  constructor(cells: readonly string[], known: Known) {
    const text = (place: number) => (cells[place] === '' ? null : known.text(cells[place]));
    this.id = cells[0];
    this.accountId = known.text(cells[1]);
    this.counterAccountId = text(2);
    this.kind = known.text(cells[3]) as TransactionKind;
    this.instrumentId = text(4);
    this.otherInstrumentId = text(5);
    this.currency = known.text(cells[6]);
    this.otherCurrency = text(7);
    this.quoteCurrency = text(8);
    this.otherQuoteCurrency = text(9);
    this.timeMs = Number(cells[10]);
    this.acquiredMs = cells[11] === '' ? null : Number(cells[11]);
    this.lotIds = cells[12] === '[]' ? NO_LOTS : JSON.parse(cells[12]);
    this.amounts = cells.slice(TEXTS.length);
  }

  get quantity(): Decimal | null {
    return this.decimal(0);
  }

  get price(): Decimal | null {
    return this.decimal(1);
  }

  get amount(): Decimal {
    return this.decimal(2)!;
  }

  get fee(): Decimal {
    return this.decimal(3)!;
  }

  get tax(): Decimal {
    return this.decimal(4)!;
  }

  get units(): Decimal | null {
    return this.decimal(5);
  }

  get perUnits(): Decimal | null {
    return this.decimal(6);
  }

  get basisFraction(): Decimal | null {
    return this.decimal(7);
  }

  get costBasis(): Decimal | null {
    return this.decimal(8);
  }

  get exchangeRate(): Decimal | null {
    return this.decimal(9);
  }

  get otherAmount(): Decimal | null {
    return this.decimal(10);
  }

  private decimal(place: number): Decimal | null {
    const value = this.amounts[place];
    if (typeof value !== 'string') return value;
    return (this.amounts[place] = value === '' ? null : value === '0' ? ZERO : new Decimal(value));
  }
}

const NO_LOTS: readonly string[] = [];

/** Keeps one of equal texts: a ledger names few accounts and instruments often. */
class Known {
  private readonly texts = new Map<string, string>();

  text(text: string): string {
    const known = this.texts.get(text);
    if (known !== undefined) return known;
    this.texts.set(text, text);
    return text;
  }
}

/** Reads such texts; the entries of all of them share what is equal. */
export class EntryTexts {
  private readonly known = new Known();

  /** The entries of a text, null where the question had no rows. */
  entries(text: string | null): LedgerEntry[] {
    if (text === null) return [];
    const [fieldEnd, rowEnd] = [String.fromCharCode(FIELD_END), String.fromCharCode(ROW_END)];
    return text.split(rowEnd).map((row) => new StoredEntry(row.split(fieldEnd), this.known));
  }
}
