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
  readonly from?: Origin;
}

/** What units came from that arrived for others: the price of one is that of those times `part` over `units`. */
export interface Origin {
  readonly instrumentId: string;
  readonly part: Decimal;
  readonly units: Decimal;
  /** Whether those left for them; a spin-off leaves them where they are. */
  readonly isWhole: boolean;
}

/** The price of units by that of what they came from. */
export function priceFrom({ part, units }: Origin, price: Decimal): Decimal {
  return price.times(part).div(units);
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
  const move = (
    event: LotEvent,
    instrumentId: string,
    change: Decimal,
    price: Decimal | null,
    from?: Origin,
  ) => {
    if (isHeldNeeded) held.set(key(event, instrumentId), of(event, instrumentId).plus(change));
    if (price) prices.set(instrumentId, price);
    const { id: eventId, accountId } = event;
    const [timeMs, split] = [countsAtMs(event), splits.get(eventId)];
    const one = { eventId, accountId, timeMs, instrumentId, change, price };
    changes.push({ ...one, ...(split && { split }), ...(from && { from }) });
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
      if (event.kind === 'SPLIT') {
        const price = last && splits.has(event.id) ? last.times(event.per).div(event.units) : last;
        move(event, instrumentId, after.minus(before), price);
      } else {
        const { arriving, staying } = originsOf(event);
        if (!staying) move(event, instrumentId, before.negated(), null);
        move(event, event.otherInstrumentId, after, last && priceFrom(arriving, last), arriving);
        if (staying) move(event, instrumentId, ZERO, last && priceFrom(staying, last), staying);
      }
    }
  }
  return changes;
}

/** What the units of an exchange come from, and what those come from that a spin-off leaves where they are. */
function originsOf(event: LotEvent & { readonly kind: 'SPIN_OFF' | 'EXCHANGE' }): {
  arriving: Origin;
  staying: Origin | null;
} {
  const { kind, instrumentId, units, per, otherRate = ONE } = event;
  const share = kind === 'SPIN_OFF' ? event.basisFraction : ONE;
  const part = share.times(otherRate).times(per);
  const arriving = { instrumentId, part, units, isWhole: kind === 'EXCHANGE' };
  const left = { instrumentId, part: ONE.minus(share), units: ONE, isWhole: true };
  return { arriving, staying: kind === 'SPIN_OFF' ? left : null };
}
