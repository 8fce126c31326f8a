import { Decimal, ZERO } from '../platform/decimal.ts';
import { Book, type Lot, type LotClosing, type OpenLot, shareOf } from './lot-book.ts';

export type { LotClosing, OpenLot } from './lot-book.ts';

/**
 * Which lots a closing takes: the oldest, the newest, those that leave the smallest gain (HIFO), the
 * largest gain (LOFO), the oldest at the average cost of all, or the ones it names (then the oldest).
 */
export type LotMethod = 'FIFO' | 'LIFO' | 'HIFO' | 'LOFO' | 'AVERAGE' | 'SPECIFIC';

interface EventBase {
  readonly id: string;
  readonly accountId: string;
  readonly instrumentId: string;
  readonly timeMs: number;
}

/** Something that changes lots. Quantities of trades and receipts are signed; `per` is how many held units the new units are for. */
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
        readonly units: Decimal;
        readonly per: Decimal;
        readonly basisFraction: Decimal;
      }
    | {
        readonly kind: 'EXCHANGE';
        readonly otherInstrumentId: string;
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

/**
 * Runs events, in their order, over lots per account and instrument. Basis is what was paid (of a
 * short: received) before fees; fees go with their lots and are taken off the gain when those close.
 * What closes more than is open turns the position. A delivery of more than is held leaves a negative
 * position without basis, to be seen and mended.
 */
export function runLots(events: Iterable<LotEvent>, method: LotMethod): LotLedger {
  const run = new LotRun(method);
  for (const event of events) run.apply(event);
  return run.result();
}

class LotRun {
  private readonly books = new Map<string, Book>();
  private readonly closings: LotClosing[] = [];
  private readonly method: LotMethod;

  constructor(method: LotMethod) {
    this.method = method;
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
        return this.close(book, book.quantity, event.cash.times(book.side), ZERO, event);
    }
  }

  result(): LotLedger {
    const lots = [...this.books.values()].flatMap((book) => book.open());
    return { lots, closings: this.closings };
  }

  private book(accountId: string, instrumentId: string): Book {
    const key = `${accountId} ${instrumentId}`;
    let book = this.books.get(key);
    if (!book) this.books.set(key, (book = new Book(accountId, instrumentId, this.method)));
    return book;
  }

  private trade(book: Book, event: LotEvent & { kind: 'TRADE' }): void {
    const size = event.quantity.abs();
    const closed = book.isAgainst(event.quantity) ? Decimal.min(size, book.quantity) : ZERO;
    const closedFee = shareOf(event.fee, closed, size);
    if (closed.greaterThan(0)) this.close(book, closed, closed.times(event.price), closedFee, event);
    const opened = size.minus(closed);
    if (opened.isZero()) return;
    book.add(Math.sign(event.quantity.toNumber()) as 1 | -1, {
      id: event.id,
      tripId: event.id,
      openedMs: event.timeMs,
      quantity: opened,
      basis: opened.times(event.price),
      fee: event.fee.minus(closedFee),
    });
  }

  private receive(book: Book, event: LotEvent & { kind: 'RECEIVE' }): void {
    const { id, quantity, basis, openedMs } = event;
    this.place(book, quantity.isNegative() ? -1 : 1, event, {
      id,
      tripId: id,
      openedMs,
      quantity: quantity.abs(),
      basis: basis.abs(),
      fee: ZERO,
    });
  }

  private deliver(book: Book, event: LotEvent & { kind: 'DELIVER' }): void {
    const side = book.side;
    const taken = side > 0 ? book.take(Decimal.min(event.quantity, book.quantity), event.lotIds) : [];
    const target = event.toAccountId === null ? null : this.book(event.toAccountId, event.instrumentId);
    for (const lot of target ? taken : []) this.place(target!, 1, event, lot);
    const moved = taken.reduce((total, { quantity }) => total.plus(quantity), ZERO);
    const missing = event.quantity.minus(moved);
    if (missing.isZero()) return;
    const lot = { id: event.id, tripId: event.id, openedMs: event.timeMs, basis: ZERO, fee: ZERO };
    book.add(-1, { ...lot, quantity: missing });
    if (target) this.place(target, 1, event, { ...lot, quantity: missing });
  }

  private spinOff(book: Book, event: LotEvent & { kind: 'SPIN_OFF' }): void {
    const target = this.book(event.accountId, event.otherInstrumentId);
    const side = book.side || 1;
    const units = convert(book.quantity, event.units, event.per);
    for (const lot of book.splitBasis(event.basisFraction, units))
      this.place(target, side, event, { ...lot, tripId: event.id });
  }

  private exchange(book: Book, event: LotEvent & { kind: 'EXCHANGE' }): void {
    const { side } = book;
    if (!event.cash.isZero()) this.giveBack(book, event.cash, event);
    if (side === 0) return;
    book.rescale(convert(book.quantity, event.units, event.per));
    const target = this.book(event.accountId, event.otherInstrumentId);
    for (const lot of book.take(book.quantity)) this.place(target, side, event, lot);
  }

  /** Cash that reduces the basis; what goes beyond the basis of a lot is realised, and all of it where nothing is held. */
  private giveBack(book: Book, cash: Decimal, event: LotEvent): void {
    const { side } = book;
    const { id, timeMs: openedMs } = event;
    const nothing = { id, tripId: id, openedMs, quantity: ZERO, basis: ZERO, fee: ZERO };
    if (side === 0) return this.record(book, 1, nothing, cash, ZERO, event);
    for (const { lot, excess } of book.reduceBasis(cash.times(side))) {
      this.record(book, side, { ...lot, quantity: ZERO, basis: ZERO, fee: ZERO }, excess, ZERO, event);
    }
  }

  /** Puts a lot where it belongs: beside others of its side, or against those of the other side at its own basis. */
  private place(book: Book, side: 1 | -1, event: LotEvent, lot: Lot): void {
    const closed = book.side === -side ? Decimal.min(lot.quantity, book.quantity) : ZERO;
    if (closed.isZero()) return book.add(side, lot);
    const amount = shareOf(lot.basis, closed, lot.quantity);
    const fee = shareOf(lot.fee, closed, lot.quantity);
    const rest = {
      ...lot,
      quantity: lot.quantity.minus(closed),
      basis: lot.basis.minus(amount),
      fee: lot.fee.minus(fee),
    };
    this.close(book, closed, amount, fee, event);
    if (rest.quantity.greaterThan(0)) book.add(side, rest);
  }

  private close(book: Book, quantity: Decimal, amount: Decimal, fee: Decimal, event: LotEvent): void {
    const { side } = book;
    if (side === 0) return;
    const lotIds = event.kind === 'TRADE' ? event.lotIds : undefined;
    let left = { quantity, amount, fee };
    for (const lot of book.take(quantity, lotIds)) {
      const part = shareOf(left.amount, lot.quantity, left.quantity);
      const partFee = shareOf(left.fee, lot.quantity, left.quantity);
      this.record(book, side, lot, part, partFee, event);
      left = {
        quantity: left.quantity.minus(lot.quantity),
        amount: left.amount.minus(part),
        fee: left.fee.minus(partFee),
      };
    }
  }

  private record(book: Book, side: 1 | -1, lot: Lot, amount: Decimal, fee: Decimal, event: LotEvent): void {
    const isLong = side > 0;
    const costBasis = isLong ? lot.basis.plus(lot.fee) : amount.plus(fee);
    const proceeds = isLong ? amount.minus(fee) : lot.basis.minus(lot.fee);
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
      exitValue: amount,
      fees: lot.fee.plus(fee),
      costBasis,
      proceeds,
      gain: proceeds.minus(costBasis),
      isLongTerm: isLong && isLongTerm(lot.openedMs, event.timeMs),
    });
  }
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
