import { Decimal, ZERO } from '../platform/decimal.ts';
import type { LedgerEntry } from './ledger.ts';
import type { TransactionKind } from './transaction-kinds.ts';

// A control character, which no identifier holds and JSON escapes.
const END = 31;

const TEXTS = [
  't.id',
  't.account_id',
  't.counter_account_id',
  't.kind',
  't.instrument_id',
  't.other_instrument_id',
  't.currency',
  't.other_currency',
  ...['t.executed_at', 't.acquired_at'].map((name) => `(date_part('epoch', ${name}) * 1000)::bigint`),
  't.lot_ids',
];
// The places of what is shared by many.
const NAMED: readonly number[] = [1, 2, 3, 4, 5, 6, 7];
const INSTRUMENTS = [4, 5] as const;
const DECIMALS = {
  quantity: 'quantity',
  price: 'price',
  amount: 'amount',
  fee: 'fee',
  tax: 'tax',
  units: 'units',
  perUnits: 'per_units',
  basisFraction: 'basis_fraction',
  costBasis: 'cost_basis',
  exchangeRate: 'exchange_rate',
  otherAmount: 'other_amount',
} as const;
const COLUMNS = [...TEXTS, ...Object.values(DECIMALS).map((name) => `trim_scale(t.${name})`)];

/** An amount of a transaction by its name. */
export type AmountName = keyof typeof DECIMALS;

const PLACES = Object.fromEntries(Object.keys(DECIMALS).map((name, place) => [name, place])) as Readonly<
  Record<AmountName, number>
>;

/**
 * All rows of a question about `transaction t` as one text a column: making an object of every row, or a
 * text of every row in the database, takes most of the time that it takes to read a ledger.
 */
export const ENTRIES_AS_TEXTS = COLUMNS.map(
  (one, place) => `string_agg(coalesce((${one})::text, ''), chr(${END})) as c${place}`,
).join(', ');

/** The answer to such a question; every column is null where it had no rows. */
export type EntryTexts = Readonly<Record<string, string | null>>;

/** The id of the last row of an answer that has rows. */
export function lastIdOf({ c0 }: EntryTexts): string {
  return c0!.slice(c0!.lastIndexOf(String.fromCharCode(END)) + 1);
}

/** The cells of each column; null where all are empty. */
type Cells = readonly (readonly string[] | null)[];

/** A transaction as it was read; its decimals are made of their texts when they are asked for, which costs less than to keep them. */
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
  private readonly amounts: Cells;
  private readonly row: number;

  constructor(texts: Cells, amounts: Cells, row: number, quoteCurrencies: ReadonlyMap<string, string>) {
    const text = (place: number) => texts[place]?.[row] || null;
    this.id = text(0)!;
    this.accountId = text(1)!;
    this.counterAccountId = text(2);
    this.kind = text(3) as TransactionKind;
    this.instrumentId = text(4);
    this.otherInstrumentId = text(5);
    this.currency = text(6)!;
    this.otherCurrency = text(7);
    this.quoteCurrency = this.instrumentId && (quoteCurrencies.get(this.instrumentId) ?? null);
    this.otherQuoteCurrency = this.otherInstrumentId && (quoteCurrencies.get(this.otherInstrumentId) ?? null);
    this.timeMs = Number(text(8));
    const acquired = text(9);
    this.acquiredMs = acquired === null ? null : Number(acquired);
    const lots = text(10);
    this.lotIds = lots === null || lots === '[]' ? NO_LOTS : JSON.parse(lots);
    this.amounts = amounts;
    this.row = row;
  }

  get quantity(): Decimal | null {
    return this.decimal(PLACES.quantity);
  }

  get price(): Decimal | null {
    return this.decimal(PLACES.price);
  }

  get amount(): Decimal {
    return this.decimal(PLACES.amount)!;
  }

  get fee(): Decimal {
    return this.decimal(PLACES.fee)!;
  }

  get tax(): Decimal {
    return this.decimal(PLACES.tax)!;
  }

  get units(): Decimal | null {
    return this.decimal(PLACES.units);
  }

  get perUnits(): Decimal | null {
    return this.decimal(PLACES.perUnits);
  }

  get basisFraction(): Decimal | null {
    return this.decimal(PLACES.basisFraction);
  }

  get costBasis(): Decimal | null {
    return this.decimal(PLACES.costBasis);
  }

  get exchangeRate(): Decimal | null {
    return this.decimal(PLACES.exchangeRate);
  }

  get otherAmount(): Decimal | null {
    return this.decimal(PLACES.otherAmount);
  }

  /** The double next to an amount, straight from its text. */
  double(place: number): number | null {
    const text = this.amounts[place]?.[this.row];
    return text ? Number(text) : null;
  }

  private decimal(place: number): Decimal | null {
    const text = this.amounts[place]?.[this.row];
    if (!text) return null;
    return text === '0' ? ZERO : new Decimal(text);
  }
}

const NO_LOTS: readonly string[] = [];

/** The double next to an amount of a transaction, the same as that of its decimal, which needs not be made for it. */
export function doubleOf(entry: LedgerEntry, name: AmountName): number | null {
  if (entry instanceof StoredEntry) return entry.double(PLACES[name]);
  return entry[name]?.toNumber() ?? null;
}

/** Reads such answers; the entries of all of them share texts that are equal, as a ledger names few things often. */
export class EntryReader {
  private readonly known = new Map<string, string>();
  private readonly quoteCurrenciesOf: (ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  private readonly quoteCurrencies = new Map<string, string>();

  /** @param quoteCurrenciesOf finds what instruments are quoted in. */
  constructor(quoteCurrenciesOf: (ids: readonly string[]) => Promise<ReadonlyMap<string, string>>) {
    this.quoteCurrenciesOf = quoteCurrenciesOf;
  }

  /** The entries of an answer in its order, without those that are left out. */
  async entries(answer: EntryTexts, leftOut: ReadonlySet<string>): Promise<LedgerEntry[]> {
    if (answer.c0 === null) return [];
    const end = String.fromCharCode(END);
    const ids = answer.c0.split(end);
    const cells = COLUMNS.map((_, place) => {
      if (place === 0) return ids;
      const text = answer[`c${place}`]!;
      return text.length < ids.length ? null : text.split(end);
    });
    const texts = cells
      .slice(0, TEXTS.length)
      .map((column, place) => (NAMED.includes(place) ? this.shared(column) : column));
    await this.learn(INSTRUMENTS.map((place) => texts[place]));
    const amounts = cells.slice(TEXTS.length);
    const entries: LedgerEntry[] = [];
    for (let row = 0; row < ids.length; row += 1)
      if (!leftOut.has(ids[row])) entries.push(new StoredEntry(texts, amounts, row, this.quoteCurrencies));
    return entries;
  }

  private shared(column: readonly string[] | null): readonly string[] | null {
    return (
      column?.map((text) => {
        const known = this.known.get(text);
        if (known === undefined) this.known.set(text, text);
        return known ?? text;
      }) ?? null
    );
  }

  private async learn(instrumentIds: Cells): Promise<void> {
    const ids = new Set(instrumentIds.flatMap((column) => column ?? []));
    const unknown = [...ids].filter((id) => id !== '' && !this.quoteCurrencies.has(id));
    if (unknown.length === 0) return;
    for (const [id, currency] of await this.quoteCurrenciesOf(unknown))
      this.quoteCurrencies.set(id, currency);
  }
}
