import { type Decimal, ONE, ZERO } from '../platform/decimal.ts';
import { countsAtMs } from './ledger.ts';
import type { LotEvent } from './lots.ts';
import { type PriceSplit, priceSplitsOf } from './price-splits.ts';

/** A change of the units held of an instrument, and the price per unit in the instrument's currency that it tells of, if it tells of one. */
export interface UnitChange {
  readonly eventId: string;
  readonly accountId: string;
  /** When it counts. */
  readonly timeMs: number;
  readonly instrumentId: string;
  readonly change: Decimal;
  readonly price: Decimal | null;
  /** The split that it is, where prices follow it. */
  readonly split?: PriceSplit;
}

const UNIT_DECIMALS = 18;
const NO_SPLITS: ReadonlyMap<string, PriceSplit> = new Map();

/** How events change the units held over all accounts, by when that counts; the same sums as those of lots, without their costs. */
export function unitChanges(events: readonly LotEvent[]): UnitChange[] {
  // Trades say what they change; what is held is added up only where something changes a share of it.
  const isHeldNeeded = events.some(
    ({ kind }) => kind !== 'TRADE' && kind !== 'RECEIVE' && kind !== 'DELIVER',
  );
  const splits = isHeldNeeded ? priceSplitsOf(events) : NO_SPLITS;
  const held = new Map<string, Decimal>();
  const prices = new Map<string, Decimal>();
  const changes: UnitChange[] = [];
  const key = (event: LotEvent, instrumentId: string) => `${event.accountId} ${instrumentId}`;
  const of = (event: LotEvent, instrumentId = event.instrumentId) =>
    held.get(key(event, instrumentId)) ?? ZERO;
  const move = (event: LotEvent, instrumentId: string, change: Decimal, price: Decimal | null) => {
    if (isHeldNeeded) held.set(key(event, instrumentId), of(event, instrumentId).plus(change));
    if (price) prices.set(instrumentId, price);
    const { id: eventId, accountId } = event;
    const [timeMs, split] = [countsAtMs(event), splits.get(eventId)];
    changes.push({ eventId, accountId, timeMs, instrumentId, change, price, ...(split && { split }) });
  };
  for (const event of events) {
    const { instrumentId } = event;
    const before = isHeldNeeded ? of(event) : ZERO;
    const last = prices.get(instrumentId) ?? null;
    const quoted = (price: Decimal) =>
      event.quoteRate === undefined || event.quoteRate === ONE ? price : price.times(event.quoteRate);
    if (event.kind === 'TRADE') move(event, instrumentId, event.quantity, quoted(event.price));
    if (event.kind === 'RECEIVE')
      move(event, instrumentId, event.quantity, last ?? quoted(event.basis.div(event.quantity.abs())));
    if (event.kind === 'DELIVER') {
      move(event, instrumentId, event.quantity.negated(), null);
      if (event.toAccountId !== null)
        move({ ...event, accountId: event.toAccountId }, instrumentId, event.quantity, null);
    }
    if (event.kind === 'STOCK_DIVIDEND') {
      const change = before.isNegative() ? event.quantity.negated() : event.quantity;
      const after = before.plus(change);
      move(
        event,
        instrumentId,
        change,
        last && after.isZero() === false ? last.times(before).div(after) : null,
      );
    }
    if (event.kind === 'CLOSE') move(event, instrumentId, before.negated(), null);
    if (event.kind === 'SPLIT' || event.kind === 'SPIN_OFF' || event.kind === 'EXCHANGE') {
      const after = before.times(event.units).div(event.per).toDecimalPlaces(UNIT_DECIMALS);
      const isFollowed = event.kind !== 'SPLIT' || splits.has(event.id);
      const price = last && isFollowed ? last.times(event.per).div(event.units) : last;
      if (event.kind === 'SPLIT') move(event, instrumentId, after.minus(before), price);
      else {
        if (event.kind === 'EXCHANGE') move(event, instrumentId, before.negated(), null);
        const isTold = event.kind === 'EXCHANGE' && price !== null;
        move(event, event.otherInstrumentId, after, isTold ? price.times(event.otherRate ?? ONE) : null);
      }
    }
  }
  return changes;
}
