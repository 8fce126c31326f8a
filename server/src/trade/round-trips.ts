import { Decimal, ONE, ZERO } from '../platform/decimal.ts';
import type { LotClosing, LotEvent, LotLedger, OpenLot } from './lots.ts';

/**
 * A trade: one round trip. Prices are averages over its units, in units of its end and in the instrument's own
 * currency; amounts are exact, in the base currency.
 */
export interface RoundTrip {
  /** The transaction that opened it (its first lot), or the one that closed it where each closing is a trade. */
  readonly id: string;
  /** The transaction that opened the position from flat: trips of one position share it. */
  readonly tripId: string;
  readonly accountId: string;
  readonly instrumentId: string;
  readonly side: 'LONG' | 'SHORT';
  readonly openedMs: number;
  /** null while a part is open. */
  readonly closedMs: number | null;
  /** Units that were closed, and units still open. */
  readonly quantity: Decimal;
  readonly openQuantity: Decimal;
  readonly entryPrice: Decimal;
  /** null where nothing was closed. */
  readonly exitPrice: Decimal | null;
  /** Units of the base currency for one of the instrument's when it was opened, on average. */
  readonly entryRate: Decimal;
  readonly fees: Decimal;
  /** Of what was closed, after fees. */
  readonly profit: Decimal;
  /** Profit over what its closed units were opened for; null where that is 0 or not known. */
  readonly returnFraction: number | null;
  /** Splits between its opening and its end. */
  readonly splits: readonly Split[];
  /** What it is made of. */
  readonly parts: TripParts;
}

/** The lots of a trip that are open, and the parts of lots that were closed. */
export interface TripParts {
  readonly closings: readonly LotClosing[];
  readonly lots: readonly OpenLot[];
}

/** A split of what an account holds: each unit became `factor` units. */
export interface Split {
  readonly accountId: string;
  readonly instrumentId: string;
  readonly timeMs: number;
  readonly factor: Decimal;
}

/** The splits among events. */
export function splitsOf(events: readonly LotEvent[]): Split[] {
  return events.flatMap((event) => {
    if (event.kind !== 'SPLIT') return [];
    const { accountId, instrumentId, timeMs, units, per } = event;
    return [{ accountId, instrumentId, timeMs, factor: units.div(per) }];
  });
}

/** Round trips from flat to flat, in the order of their opening; the last of a position may be open. */
export function flatToFlat({ lots, closings }: LotLedger, splits: readonly Split[] = []): RoundTrip[] {
  const groups = new Groups();
  for (const one of closings) groups.of(`${one.accountId} ${one.tripId}`).closings.push(one);
  for (const one of lots) groups.of(`${one.accountId} ${one.tripId}`).lots.push(one);
  return groups.trips(splits, ({ tripId }) => tripId);
}

/** One round trip per lot, with all that closed it, in the order of their opening. */
export function perLot({ lots, closings }: LotLedger, splits: readonly Split[] = []): RoundTrip[] {
  const groups = new Groups();
  for (const one of closings) groups.of(`${one.accountId} ${one.tripId} ${one.lotId}`).closings.push(one);
  for (const one of lots) groups.of(`${one.accountId} ${one.tripId} ${one.id}`).lots.push(one);
  return groups.trips(splits, (first) => ('lotId' in first ? first.lotId : first.id));
}

/** One round trip per closing over the lots it closed, in the order of closing. */
export function perClosing(
  { closings }: Pick<LotLedger, 'closings'>,
  splits: readonly Split[] = [],
): RoundTrip[] {
  const groups = new Groups();
  for (const one of closings)
    if (one.quantity.greaterThan(0))
      groups.of(`${one.closingId} ${one.accountId} ${one.instrumentId}`).closings.push(one);
  return groups.inOrder(splits, (first) => ('closingId' in first ? first.closingId : first.id));
}

class Groups {
  private readonly parts = new Map<string, { closings: LotClosing[]; lots: OpenLot[] }>();

  of(key: string): { closings: LotClosing[]; lots: OpenLot[] } {
    let parts = this.parts.get(key);
    if (!parts) this.parts.set(key, (parts = { closings: [], lots: [] }));
    return parts;
  }

  inOrder(splits: readonly Split[], idOf: (first: LotClosing | OpenLot) => string): RoundTrip[] {
    const byHolding = Map.groupBy(splits, (one) => `${one.accountId} ${one.instrumentId}`);
    return [...this.parts.values()].map((parts) => tripOf(parts, byHolding, idOf));
  }

  trips(splits: readonly Split[], idOf: (first: LotClosing | OpenLot) => string): RoundTrip[] {
    return this.inOrder(splits, idOf).toSorted((a, b) => a.openedMs - b.openedMs);
  }
}

function tripOf(
  parts: TripParts,
  splits: ReadonlyMap<string, readonly Split[]>,
  idOf: (first: LotClosing | OpenLot) => string,
): RoundTrip {
  const { closings, lots } = parts;
  const [first] = [...closings, ...lots];
  const total = <Item>(items: readonly Item[], of: (item: Item) => Decimal) =>
    items.reduce((sum, item) => sum.plus(of(item)), ZERO);
  const instrumentId = lots[0]?.instrumentId ?? closings[closings.length - 1].instrumentId;
  const openedMs = Math.min(...closings.map((one) => one.openedMs), ...lots.map((one) => one.openedMs));
  const lastMs = Math.max(...closings.map((one) => one.closedMs));
  const closedMs = lots.length > 0 ? null : lastMs;
  const inside = (splits.get(`${first.accountId} ${instrumentId}`) ?? []).filter(
    ({ timeMs }) => timeMs > openedMs && timeMs <= (closedMs ?? Infinity),
  );
  const quantity = total(closings, (one) => one.quantity.times(growthAfter(inside, one.closedMs)));
  const openQuantity = total(lots, (one) => one.quantity);
  const entered = total(closings, (one) => one.entryValue);
  const quoteEntered = total(closings, (one) => one.quoteEntryValue).plus(
    total(lots, (one) => one.quoteBasis),
  );
  const allEntered = entered.plus(total(lots, (one) => one.basis));
  const units = quantity.plus(openQuantity);
  const profit = total(closings, ({ gain }) => gain);
  return {
    id: idOf(first),
    tripId: first.tripId,
    accountId: first.accountId,
    instrumentId,
    side: first.side,
    openedMs,
    closedMs,
    quantity,
    openQuantity,
    entryPrice: units.isZero() ? ZERO : quoteEntered.div(units),
    exitPrice: quantity.isZero() ? null : total(closings, (one) => one.quoteExitValue).div(quantity),
    entryRate: quoteEntered.isZero() || allEntered.equals(quoteEntered) ? ONE : allEntered.div(quoteEntered),
    fees: total(closings, ({ fees }) => fees).plus(total(lots, ({ fee }) => fee)),
    profit,
    returnFraction: entered.isZero() || profit.isNaN() ? null : profit.div(entered).toNumber(),
    splits: inside,
    parts,
  };
}

/**
 * Lots and closings whose cost is the average of all, with what was paid for each of them itself: that of the
 * same lots by FIFO.
 */
export function withPricesPaid(average: LotLedger, own: LotLedger): LotLedger {
  const closingKey = (one: LotClosing) =>
    `${one.closingId} ${one.accountId} ${one.instrumentId} ${one.lotId}`;
  const lotKey = (one: OpenLot) => `${one.accountId} ${one.instrumentId} ${one.id}`;
  const closed = new Map(
    own.closings
      .filter(({ quantity }) => !quantity.isZero())
      .map((one) => [closingKey(one), one.quoteEntryValue]),
  );
  const open = new Map(own.lots.map((one) => [lotKey(one), one.quoteBasis]));
  return {
    closings: average.closings.map((one) => ({ ...one, quotePaid: closed.get(closingKey(one)) })),
    lots: average.lots.map((one) => ({ ...one, quotePaid: open.get(lotKey(one)) })),
  };
}

/** How many units of the end a unit of a time has become. */
export function growthAfter(splits: readonly Split[], timeMs: number): Decimal {
  return splits.reduce(
    (product, one) => (one.timeMs > timeMs ? product.times(one.factor) : product),
    new Decimal(1),
  );
}

/** An opening or closing inside a trip, with its average price, in units of its own time. */
export interface TripLeg {
  readonly transactionId: string;
  readonly timeMs: number;
  readonly isEntry: boolean;
  readonly quantity: Decimal;
  readonly price: Decimal;
}

/** The openings and closings of a trip in the order of time. */
export function legsOf({ parts: { closings, lots }, splits }: RoundTrip): TripLeg[] {
  const legs = new Map<string, { timeMs: number; isEntry: boolean; quantity: Decimal; value: Decimal }>();
  const add = (id: string, timeMs: number, isEntry: boolean, quantity: Decimal, value: Decimal) => {
    const before = legs.get(`${isEntry} ${id}`);
    legs.set(`${isEntry} ${id}`, {
      timeMs,
      isEntry,
      quantity: before ? before.quantity.plus(quantity) : quantity,
      value: before ? before.value.plus(value) : value,
    });
  };
  const openedUnits = (quantity: Decimal, openedMs: number, atMs: number) =>
    quantity.times(growthAfter(splits, atMs)).div(growthAfter(splits, openedMs));
  for (const one of closings) {
    if (one.quantity.isZero()) continue;
    add(
      one.lotId,
      one.openedMs,
      true,
      openedUnits(one.quantity, one.openedMs, one.closedMs),
      one.quotePaid ?? one.quoteEntryValue,
    );
    add(one.closingId, one.closedMs, false, one.quantity, one.quoteExitValue);
  }
  for (const one of lots)
    add(
      one.id,
      one.openedMs,
      true,
      openedUnits(one.quantity, one.openedMs, Infinity),
      one.quotePaid ?? one.quoteBasis,
    );
  return [...legs]
    .map(([key, { timeMs, isEntry, quantity, value }]) => ({
      transactionId: key.slice(key.indexOf(' ') + 1),
      timeMs,
      isEntry,
      quantity,
      price: value.div(quantity),
    }))
    .toSorted((a, b) => a.timeMs - b.timeMs || Number(b.isEntry) - Number(a.isEntry));
}

/** An execution as it can be merged with others. */
export interface Execution {
  readonly timeMs: number;
  /** Signed units. */
  readonly quantity: Decimal;
  readonly price: Decimal;
}

/** Joins executions of one instrument that follow each other on the same side within a time, at their average price. */
export function mergeExecutions<One extends Execution>(executions: readonly One[], withinMs: number): One[] {
  const merged: { last: One; joined: One }[] = [];
  for (const one of executions) {
    const before = merged[merged.length - 1];
    const isNear =
      before &&
      one.timeMs - before.last.timeMs < withinMs &&
      one.quantity.isNegative() === before.last.quantity.isNegative();
    if (!isNear) {
      merged.push({ last: one, joined: one });
      continue;
    }
    const quantity = before.joined.quantity.plus(one.quantity);
    const value = before.joined.quantity.times(before.joined.price).plus(one.quantity.times(one.price));
    before.last = one;
    before.joined = { ...before.joined, quantity, price: value.div(quantity) };
  }
  return merged.map(({ joined }) => joined);
}
