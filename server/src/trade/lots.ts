import { Decimal, ONE, ZERO } from '../platform/decimal.ts';
import {
  Book,
  type Lot,
  type LotClosing,
  lessWorth,
  type OpenLot,
  partOf,
  shareOf,
  type Worth,
} from './lot-book.ts';

export type { LotClosing, OpenLot } from './lot-book.ts';

/**
 * Which lots a closing takes: the oldest, the newest, those that leave the smallest gain (HIFO), the
 * largest gain (LOFO), the oldest at the average cost of all, or the ones it names (then the oldest).
 */
export type LotMethod = 'FIFO' | 'LIFO' | 'HIFO' | 'LOFO' | 'AVERAGE' | 'SPECIFIC';

/** Every method, the most usual first. */
export const LOT_METHODS: readonly LotMethod[] = ['FIFO', 'LIFO', 'HIFO', 'LOFO', 'AVERAGE', 'SPECIFIC'];

interface EventBase {
  readonly id: string;
  readonly accountId: string;
  readonly instrumentId: string;
  readonly timeMs: number;
  /** Units of the base currency, and of the instrument's, for one of the event's; 1 where left out. */
  readonly baseRate?: Decimal;
  readonly quoteRate?: Decimal;
}

/** Something that changes lots. Quantities of trades, receipts and deliveries are signed: those below 0 are of a short position; `per` is how many held units the new units are for. */
export type LotEvent = EventBase &
  (
    | {
        readonly kind: 'TRADE';
        readonly quantity: Decimal;
        readonly price: Decimal;
        readonly fee: Decimal;
        readonly lotIds?: readonly string[];
      }
    | {
        readonly kind: 'RECEIVE';
        readonly quantity: Decimal;
        readonly basis: Decimal;
        readonly openedMs: number;
      }
    | {
        readonly kind: 'DELIVER';
        readonly quantity: Decimal;
        readonly toAccountId: string | null;
        readonly lotIds?: readonly string[];
      }
    | { readonly kind: 'SPLIT'; readonly units: Decimal; readonly per: Decimal }
    | { readonly kind: 'STOCK_DIVIDEND'; readonly quantity: Decimal }
    | { readonly kind: 'RETURN_OF_CAPITAL'; readonly cash: Decimal }
    | {
        readonly kind: 'SPIN_OFF';
        readonly otherInstrumentId: string;
        /** Units of the other instrument's currency for one of this one's; 1 where left out. */
        readonly otherRate?: Decimal;
        readonly units: Decimal;
        readonly per: Decimal;
        readonly basisFraction: Decimal;
      }
    | {
        readonly kind: 'EXCHANGE';
        readonly otherInstrumentId: string;
        /** Units of the other instrument's currency for one of this one's; 1 where left out. */
        readonly otherRate?: Decimal;
        readonly units: Decimal;
        readonly per: Decimal;
        readonly cash: Decimal;
      }
    | { readonly kind: 'CLOSE'; readonly cash: Decimal }
  );

/** What is left open, and every part that was closed, in order. */
export interface LotLedger {
  readonly lots: readonly OpenLot[];
  readonly closings: readonly LotClosing[];
}

const UNIT_DECIMALS = 18;
const QUOTE_DECIMALS = 36;

/**
 * Runs events, in their order, over lots per account and instrument. Basis is what was paid (of a
 * short: received) before fees; fees go with their lots and are taken off the gain when those close.
 * What closes more than is open turns the position. A delivery of more than is held leaves a position of
 * the other side without basis, to be seen and mended. The method may be each account's own.
 */
export function runLots(
  events: Iterable<LotEvent>,
  method: LotMethod | ((accountId: string) => LotMethod),
): LotLedger {
  const run = new LotRun(typeof method === 'string' ? () => method : method);
  for (const event of events) run.apply(event);
  return run.result();
}

class LotRun {
  private readonly books = new Map<string, Book>();
  private readonly closings: LotClosing[] = [];
  private readonly methodOf: (accountId: string) => LotMethod;

  constructor(methodOf: (accountId: string) => LotMethod) {
    this.methodOf = methodOf;
  }

  apply(event: LotEvent): void {
    const book = this.book(event.accountId, event.instrumentId);
    switch (event.kind) {
      case 'TRADE':
        return this.trade(book, event);
      case 'RECEIVE':
        return this.receive(book, event);
      case 'DELIVER':
        return this.deliver(book, event);
      case 'SPLIT':
        return book.rescale(convert(book.quantity, event.units, event.per));
      case 'STOCK_DIVIDEND':
        if (book.side !== 0) return book.rescale(book.quantity.plus(event.quantity));
        return this.receive(book, { ...event, kind: 'RECEIVE', basis: ZERO, openedMs: event.timeMs });
      case 'RETURN_OF_CAPITAL':
        return this.giveBack(book, event.cash, event);
      case 'SPIN_OFF':
        return this.spinOff(book, event);
      case 'EXCHANGE':
        return this.exchange(book, event);
      case 'CLOSE':
        if (book.side === 0) return this.giveBack(book, event.cash, event);
        return this.close(book, book.quantity, worthOf(event.cash.times(book.side), event), ZERO, event);
    }
  }

  result(): LotLedger {
    const lots = [...this.books.values()].flatMap((book) => book.open());
    return { lots, closings: this.closings };
  }

  private book(accountId: string, instrumentId: string): Book {
    const key = `${accountId} ${instrumentId}`;
    let book = this.books.get(key);
    if (!book) {
      book = new Book(accountId, instrumentId, this.methodOf(accountId));
      this.books.set(key, book);
    }
    return book;
  }

  private trade(book: Book, event: LotEvent & { kind: 'TRADE' }): void {
    const size = event.quantity.abs();
    const fee = inCurrency(event.fee, event.baseRate);
    const closed = book.isAgainst(event.quantity) ? Decimal.min(size, book.quantity) : ZERO;
    const closedFee = shareOf(fee, closed, size);
    if (closed.greaterThan(0))
      this.close(book, closed, worthOf(closed.times(event.price), event), closedFee, event);
    const opened = size.minus(closed);
    if (opened.isZero()) return;
    const { base, quote } = worthOf(opened.times(event.price), event);
    book.add(Math.sign(event.quantity.toNumber()) as 1 | -1, {
      id: event.id,
      tripId: event.id,
      openedMs: event.timeMs,
      quantity: opened,
      basis: base,
      quoteBasis: quote,
      fee: fee.minus(closedFee),
    });
  }

  private receive(book: Book, event: LotEvent & { kind: 'RECEIVE' }): void {
    const { id, quantity, openedMs } = event;
    const { base, quote } = worthOf(event.basis.abs(), event);
    this.place(book, quantity.isNegative() ? -1 : 1, event, {
      id,
      tripId: id,
      openedMs,
      quantity: quantity.abs(),
      basis: base,
      quoteBasis: quote,
      fee: ZERO,
    });
  }

  private deliver(book: Book, event: LotEvent & { kind: 'DELIVER' }): void {
    const side = event.quantity.isNegative() ? -1 : 1;
    const units = event.quantity.abs();
    const taken = book.side === side ? book.take(Decimal.min(units, book.quantity), event.lotIds) : [];
    const target = event.toAccountId === null ? null : this.book(event.toAccountId, event.instrumentId);
    for (const lot of target ? taken : []) this.place(target!, side, event, lot);
    const missing = units.minus(taken.reduce((total, { quantity }) => total.plus(quantity), ZERO));
    if (missing.isZero()) return;
    const lot = { ...nothingOf(event), quantity: missing };
    book.add(side === 1 ? -1 : 1, lot);
    if (target) this.place(target, side, event, lot);
  }

  private spinOff(book: Book, event: LotEvent & { kind: 'SPIN_OFF' }): void {
    const target = this.book(event.accountId, event.otherInstrumentId);
    const side = book.side || 1;
    const units = convert(book.quantity, event.units, event.per);
    for (const lot of book.splitBasis(event.basisFraction, units))
      this.place(target, side, event, requoted({ ...lot, tripId: event.id }, event.otherRate));
  }

  private exchange(book: Book, event: LotEvent & { kind: 'EXCHANGE' }): void {
    const { side } = book;
    if (!event.cash.isZero()) this.giveBack(book, event.cash, event);
    if (side === 0) return;
    book.rescale(convert(book.quantity, event.units, event.per));
    const target = this.book(event.accountId, event.otherInstrumentId);
    for (const lot of book.take(book.quantity))
      this.place(target, side, event, requoted(lot, event.otherRate));
  }

  /** Cash that reduces the basis; what goes beyond the basis of a lot is realised, and all of it where nothing is held. */
  private giveBack(book: Book, cash: Decimal, event: LotEvent): void {
    const { side } = book;
    if (side === 0) return this.record(book, 1, nothingOf(event), worthOf(cash, event), ZERO, event);
    for (const { lot, excess } of book.reduceBasis(worthOf(cash.times(side), event)))
      this.record(book, side, { ...lot, ...NOTHING }, excess, ZERO, event);
  }

  /** Puts a lot where it belongs: beside others of its side, or against those of the other side at its own basis. */
  private place(book: Book, side: 1 | -1, event: LotEvent, lot: Lot): void {
    const closed = book.side === -side ? Decimal.min(lot.quantity, book.quantity) : ZERO;
    if (closed.isZero()) return book.add(side, lot);
    const all = { base: lot.basis, quote: lot.quoteBasis };
    const amount = partOf(all, closed, lot.quantity);
    const fee = shareOf(lot.fee, closed, lot.quantity);
    const { base, quote } = lessWorth(all, amount);
    const quantity = lot.quantity.minus(closed);
    const rest = { ...lot, quantity, basis: base, quoteBasis: quote, fee: lot.fee.minus(fee) };
    this.close(book, closed, amount, fee, event);
    if (rest.quantity.greaterThan(0)) book.add(side, rest);
  }

  private close(book: Book, quantity: Decimal, amount: Worth, fee: Decimal, event: LotEvent): void {
    const { side } = book;
    if (side === 0) return;
    const lotIds = event.kind === 'TRADE' ? event.lotIds : undefined;
    let left = { quantity, amount, fee };
    for (const lot of book.take(quantity, lotIds)) {
      const part = partOf(left.amount, lot.quantity, left.quantity);
      const partFee = shareOf(left.fee, lot.quantity, left.quantity);
      this.record(book, side, lot, part, partFee, event);
      left = {
        quantity: left.quantity.minus(lot.quantity),
        amount: lessWorth(left.amount, part),
        fee: left.fee.minus(partFee),
      };
    }
  }

  private record(book: Book, side: 1 | -1, lot: Lot, exit: Worth, fee: Decimal, event: LotEvent): void {
    const isLong = side > 0;
    const costBasis = isLong ? lot.basis.plus(lot.fee) : exit.base.plus(fee);
    const proceeds = isLong ? exit.base.minus(fee) : lot.basis.minus(lot.fee);
    this.closings.push({
      lotId: lot.id,
      tripId: lot.tripId,
      closingId: event.id,
      accountId: book.accountId,
      instrumentId: book.instrumentId,
      side: isLong ? 'LONG' : 'SHORT',
      openedMs: lot.openedMs,
      closedMs: event.timeMs,
      quantity: lot.quantity,
      entryValue: lot.basis,
      exitValue: exit.base,
      quoteEntryValue: lot.quoteBasis,
      quoteExitValue: exit.quote,
      fees: lot.fee.plus(fee),
      costBasis,
      proceeds,
      gain: proceeds.minus(costBasis),
      isLongTerm: isLong && isLongTerm(lot.openedMs, event.timeMs),
    });
  }
}

const NOTHING = { quantity: ZERO, basis: ZERO, quoteBasis: ZERO, fee: ZERO };

/** A lot of no units that an event made. */
function nothingOf({ id, timeMs: openedMs }: LotEvent): Lot {
  return { id, tripId: id, openedMs, ...NOTHING };
}

function inCurrency(amount: Decimal, rate: Decimal | undefined): Decimal {
  return rate === undefined || rate === ONE || amount.isZero() ? amount : amount.times(rate);
}

/** An amount of an event in the base currency and in that of its instrument. */
function worthOf(amount: Decimal, { baseRate, quoteRate }: LotEvent): Worth {
  const base = inCurrency(amount, baseRate);
  const isSame = baseRate === quoteRate || (baseRate ?? ONE).equals(quoteRate ?? ONE);
  return { base, quote: isSame ? base : inCurrency(amount, quoteRate) };
}

/** A lot whose cost in its instrument's currency is told in another. */
function requoted(lot: Lot, rate: Decimal | undefined): Lot {
  if (rate === undefined || rate.equals(1)) return lot;
  const quoteBasis = lot.quoteBasis.times(rate).toDecimalPlaces(QUOTE_DECIMALS);
  return { ...lot, quoteBasis };
}

function convert(quantity: Decimal, units: Decimal, per: Decimal): Decimal {
  return quantity.times(units).div(per).toDecimalPlaces(UNIT_DECIMALS);
}

/** Whether something opened at a time counts as held long at another: for more than a year by the calendar, UTC. */
export function isLongTerm(openedMs: number, atMs: number): boolean {
  const anniversary = new Date(openedMs);
  anniversary.setUTCFullYear(anniversary.getUTCFullYear() + 1);
  return Math.floor(atMs / 86_400_000) > Math.floor(anniversary.getTime() / 86_400_000);
}
