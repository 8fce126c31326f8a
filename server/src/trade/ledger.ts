import { type Decimal, ONE, ZERO } from '../platform/decimal.ts';
import type { LotEvent } from './lots.ts';
import { FILL_SIDES, FLOW_KINDS, type TransactionKind } from './transaction-kinds.ts';

/** A transaction as the arithmetic needs it, in the order they happened. */
export interface LedgerEntry {
  readonly id: string;
  readonly accountId: string;
  readonly counterAccountId: string | null;
  readonly kind: TransactionKind;
  readonly timeMs: number;
  readonly instrumentId: string | null;
  readonly otherInstrumentId: string | null;
  readonly quantity: Decimal | null;
  readonly price: Decimal | null;
  /** Net: what it moves in the cash of its account. */
  readonly amount: Decimal;
  /** The currency of price, amount, fee, tax and cost. */
  readonly currency: string;
  /** Units of the base currency for one of its currency, where it states that. */
  readonly exchangeRate: Decimal | null;
  /** What cash was exchanged for. */
  readonly otherAmount: Decimal | null;
  readonly otherCurrency: string | null;
  /** The currencies that its instruments are quoted in. */
  readonly quoteCurrency: string | null;
  readonly otherQuoteCurrency: string | null;
  readonly fee: Decimal;
  readonly tax: Decimal;
  readonly units: Decimal | null;
  readonly perUnits: Decimal | null;
  readonly basisFraction: Decimal | null;
  readonly costBasis: Decimal | null;
  readonly acquiredMs: number | null;
  readonly lotIds: readonly string[];
}

/** A transaction as if it had been at another time; what it works out when asked comes along. */
export function entryAt(entry: LedgerEntry, timeMs: number): LedgerEntry {
  return Object.assign(Object.create(Object.getPrototypeOf(entry)), entry, { timeMs });
}

const DAY_MS = 86_400_000;

/**
 * When something counts: what is of a date, told by its midnight, just after that. The close of the day before
 * is stamped at the same midnight where an instrument has no calendar.
 */
export function countsAtMs({ timeMs }: { readonly timeMs: number }): number {
  return isOfDate(timeMs) ? timeMs + 1 : timeMs;
}

/** Whether a time is a midnight UTC, as that of what is known by its date alone. */
export function isOfDate(timeMs: number): boolean {
  return timeMs % DAY_MS === 0;
}

/** Rates between currencies as a ledger needs them. */
export interface LedgerRates {
  /** The currency that a portfolio is valued in. */
  readonly base: string;
  /** Units of `to` for one of `from` on the day (UTC) of a time; not a number where none is known. */
  on(from: string, to: string, timeMs: number): Decimal;
}

const RATE_DIGITS = 18;

/** The rates of a ledger in which everything is in one currency. */
export const ONE_CURRENCY: LedgerRates = { base: '', on: () => ONE };

/**
 * Units of the base currency for one of a transaction's: the rate it states, the one that an exchange
 * into the base currency was made at, or that of its day.
 */
export function baseRateOf(entry: LedgerEntry, rates: LedgerRates): Decimal {
  const { currency, exchangeRate, otherAmount, otherCurrency } = entry;
  if (exchangeRate) return exchangeRate;
  if (currency === rates.base) return ONE;
  if (otherCurrency === rates.base && otherAmount && !grossOf(entry).isZero())
    return otherAmount.div(grossOf(entry).abs()).toSignificantDigits(RATE_DIGITS);
  return rates.on(currency, rates.base, entry.timeMs);
}

/** Units of the instrument's own currency for one of a transaction's. */
function quoteRateOf(entry: LedgerEntry, rates: LedgerRates, timeMs = entry.timeMs): Decimal {
  const { currency, exchangeRate, quoteCurrency } = entry;
  if (quoteCurrency === null || quoteCurrency === currency) return ONE;
  if (exchangeRate && quoteCurrency === rates.base) return exchangeRate;
  if (exchangeRate === null || currency === rates.base) return rates.on(currency, quoteCurrency, timeMs);
  return exchangeRate.times(rates.on(rates.base, quoteCurrency, timeMs)).toSignificantDigits(RATE_DIGITS);
}

/** What a transaction does to lots; null where it moves cash alone. Taxes of a trade count as its fees. */
export function lotEventOf(entry: LedgerEntry, rates: LedgerRates = ONE_CURRENCY): LotEvent | null {
  const { id, accountId, instrumentId, timeMs, kind, lotIds } = entry;
  if (instrumentId === null) return null;
  const place = { id, accountId, instrumentId, timeMs };
  const quantity = entry.quantity ?? ZERO;
  const side = FILL_SIDES[kind];
  if (side)
    return {
      ...place,
      ...ratesOf(entry, rates),
      kind: 'TRADE',
      quantity: side === 'BUY' ? quantity : quantity.negated(),
      price: entry.price ?? ZERO,
      fee: entry.tax.isZero() ? entry.fee : entry.fee.plus(entry.tax),
      lotIds,
    };
  switch (kind) {
    case 'TRANSFER_IN':
    case 'OPENING_BALANCE':
    case 'ADJUSTMENT':
    case 'TRANSFER_OUT':
      return holdingEventOf(entry, rates, place, quantity);
    case 'STOCK_DIVIDEND':
      return { ...place, kind, quantity };
    case 'RETURN_OF_CAPITAL':
      return { ...place, ...ratesOf(entry, rates), kind, cash: grossOf(entry) };
    case 'SPLIT':
    case 'SPIN_OFF':
    case 'MERGER':
    case 'TICKER_CHANGE':
    case 'DELISTING':
      return exchangeEventOf(entry, rates, place);
    default:
      return null;
  }
}

interface Place {
  readonly id: string;
  readonly accountId: string;
  readonly instrumentId: string;
  readonly timeMs: number;
}

function ratesOf(entry: LedgerEntry, rates: LedgerRates): { baseRate: Decimal; quoteRate: Decimal } {
  return { baseRate: baseRateOf(entry, rates), quoteRate: quoteRateOf(entry, rates) };
}

function exchangeEventOf(entry: LedgerEntry, rates: LedgerRates, place: Place): LotEvent {
  const { kind, otherInstrumentId, quoteCurrency, otherQuoteCurrency, timeMs } = entry;
  const [units, per] = [entry.units ?? ONE, entry.perUnits ?? ONE];
  if (kind === 'SPLIT') return { ...place, kind, units, per };
  const cash = grossOf(entry);
  if (otherInstrumentId === null) return { ...place, ...ratesOf(entry, rates), kind: 'CLOSE', cash };
  const isSame = quoteCurrency === null || quoteCurrency === otherQuoteCurrency;
  const otherRate = isSame ? ONE : rates.on(quoteCurrency, otherQuoteCurrency!, timeMs);
  const basisFraction = entry.basisFraction ?? ZERO;
  const other = { ...place, otherInstrumentId, otherRate, units, per };
  return kind === 'SPIN_OFF'
    ? { ...other, kind, basisFraction }
    : { ...other, ...(cash.isZero() ? {} : ratesOf(entry, rates)), kind: 'EXCHANGE', cash };
}

// The cost of units that came in is of the day they were bought.
function holdingEventOf(entry: LedgerEntry, rates: LedgerRates, place: Place, quantity: Decimal): LotEvent {
  const { kind, counterAccountId, lotIds, costBasis, price, acquiredMs } = entry;
  const isOut = kind === 'TRANSFER_OUT' || (kind === 'ADJUSTMENT' && quantity.isNegative());
  if (isOut)
    return {
      ...place,
      kind: 'DELIVER',
      // An adjustment says which way by its sign; a transfer, whether a long or a short position moves.
      quantity: kind === 'ADJUSTMENT' ? quantity.abs() : quantity,
      toAccountId: counterAccountId,
      lotIds,
    };
  const basis = costBasis ?? (price ? price.times(quantity.abs()) : ZERO);
  const openedMs = acquiredMs ?? place.timeMs;
  const bought = entryAt(entry, openedMs);
  return { ...place, ...ratesOf(bought, rates), kind: 'RECEIVE', quantity, basis, openedMs };
}

/** The cash of a transaction before its fee and tax. */
export function grossOf({ amount, fee, tax }: Pick<LedgerEntry, 'amount' | 'fee' | 'tax'>): Decimal {
  return fee.isZero() && tax.isZero() ? amount : amount.plus(fee).plus(tax);
}

/** Cash that moves in an account. */
export interface CashChange {
  readonly accountId: string;
  readonly currency: string;
  readonly amount: Decimal;
}

/** Cash that moves in an account, and what it was worth in the base currency then. */
export interface CashMove extends CashChange {
  readonly value: Decimal;
}

/** What a transaction moves in the cash of each account and currency it touches. */
export function cashChangesOf(entry: LedgerEntry): CashChange[] {
  const { accountId, counterAccountId, currency, amount, otherAmount, otherCurrency } = entry;
  if (amount.isZero() && grossOf(entry).isZero()) return [];
  const own = { accountId, currency, amount };
  if (otherAmount && otherCurrency) return [own, { accountId, currency: otherCurrency, amount: otherAmount }];
  if (counterAccountId === null || grossOf(entry).isZero()) return [own];
  return [own, { accountId: counterAccountId, currency, amount: grossOf(entry).negated() }];
}

/**
 * The same with what each move was worth. What is exchanged is worth what was given for it: the amount in
 * the base currency where one is, else what was given at its rate.
 */
export function cashMovesOf(entry: LedgerEntry, rates: LedgerRates = ONE_CURRENCY): CashMove[] {
  const changes = cashChangesOf(entry);
  if (changes.length === 0) return [];
  const rate = baseRateOf(entry, rates);
  const worth = (amount: Decimal) => (rate === ONE ? amount : amount.times(rate));
  const { otherAmount, otherCurrency } = entry;
  if (!otherAmount || !otherCurrency)
    return changes.map((change) => ({ ...change, value: worth(change.amount) }));
  const given = otherCurrency === rates.base ? otherAmount.negated() : worth(grossOf(entry));
  const costs = worth(entry.amount.minus(grossOf(entry)));
  const [own, other] = changes;
  return [
    { ...own, value: given.plus(costs) },
    { ...other, value: given.negated() },
  ];
}

/**
 * Money or units that an investor brought (negative: took), in the base currency; units at the price
 * that is given, or at the market's.
 */
export interface ExternalFlow {
  readonly entryId: string;
  readonly kind: TransactionKind;
  readonly timeMs: number;
  readonly cash: Decimal;
  readonly instrumentId: string | null;
  readonly quantity: Decimal;
  readonly price: Decimal | null;
}

/** The flow that a transaction is; null for a gain, a cost, or a move within the portfolio. A fee is a cost, not a flow. */
export function externalFlowOf(entry: LedgerEntry, rates: LedgerRates = ONE_CURRENCY): ExternalFlow | null {
  if (!FLOW_KINDS.includes(entry.kind) || entry.counterAccountId !== null) return null;
  const isOut = entry.kind === 'TRANSFER_OUT';
  const quantity = entry.quantity ?? ZERO;
  const gross = grossOf(entry);
  const { price } = entry;
  const rate = gross.isZero() && !price ? ONE : baseRateOf(entry, rates);
  return {
    entryId: entry.id,
    kind: entry.kind,
    timeMs: entry.timeMs,
    cash: gross.times(rate),
    instrumentId: entry.instrumentId,
    quantity: isOut ? quantity.negated() : quantity,
    price: price && price.times(rate),
  };
}
