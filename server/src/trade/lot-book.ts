import { Decimal, ZERO } from '../platform/decimal.ts';
import type { LotMethod } from './lots.ts';

/** A part of a position on its way: units, what they were opened for, and the fees of opening. */
export interface Lot {
  readonly id: string;
  /** The first lot since the position was flat: lots of one round trip share it. */
  readonly tripId: string;
  readonly openedMs: number;
  readonly quantity: Decimal;
  readonly basis: Decimal;
  readonly fee: Decimal;
}

/** A part of a position that is still open. */
export interface OpenLot extends Lot {
  readonly accountId: string;
  readonly instrumentId: string;
  readonly side: 'LONG' | 'SHORT';
}

/** A part of a position that was closed. */
export interface LotClosing {
  readonly lotId: string;
  readonly tripId: string;
  readonly closingId: string;
  readonly accountId: string;
  readonly instrumentId: string;
  readonly side: 'LONG' | 'SHORT';
  readonly openedMs: number;
  readonly closedMs: number;
  /** Units, 0 where cash went beyond the basis without closing any. */
  readonly quantity: Decimal;
  /** What opening and closing were worth, before fees. */
  readonly entryValue: Decimal;
  readonly exitValue: Decimal;
  readonly fees: Decimal;
  /** What it cost and what it brought, fees included; the gain is their difference. */
  readonly costBasis: Decimal;
  readonly proceeds: Decimal;
  readonly gain: Decimal;
  readonly isLongTerm: boolean;
}

// Products of amounts and prices have at most 36 decimals: sums of shares stay exact.
const SHARE_DECIMALS = 36;
const UNIT_DECIMALS = 18;
const DUST = new Decimal('1e-30');

/** The share of an amount that falls to a part of a quantity; all of it to all. */
export function shareOf(amount: Decimal, part: Decimal, total: Decimal): Decimal {
  if (part.isZero() || amount.isZero()) return ZERO;
  if (part.equals(total)) return amount;
  return amount.times(part).div(total).toDecimalPlaces(SHARE_DECIMALS);
}

// A third of ten, tripled, is ten again: what rounding to shares took is given back.
function snap(quantity: Decimal): Decimal {
  const near = quantity.toDecimalPlaces(UNIT_DECIMALS);
  return quantity.minus(near).abs().lessThan(DUST) ? near : quantity;
}

/** The lots of one instrument in one account, all long or all short, the oldest first. */
export class Book {
  readonly accountId: string;
  readonly instrumentId: string;
  side: 1 | -1 | 0 = 0;
  quantity: Decimal = ZERO;
  private readonly method: LotMethod;
  private basis: Decimal = ZERO;
  private fee: Decimal = ZERO;
  private lots: Lot[] = [];

  constructor(accountId: string, instrumentId: string, method: LotMethod) {
    this.accountId = accountId;
    this.instrumentId = instrumentId;
    this.method = method;
  }

  /** Whether a signed quantity closes what is open here. */
  isAgainst(quantity: Decimal): boolean {
    return this.side !== 0 && quantity.isNegative() === this.side > 0;
  }

  add(side: 1 | -1, lot: Lot): void {
    this.side = side;
    const tripId = this.lots[0]?.tripId ?? lot.tripId;
    let place = this.lots.length;
    while (place > 0 && this.lots[place - 1].openedMs > lot.openedMs) place -= 1;
    this.lots.splice(place, 0, { ...lot, tripId });
    this.quantity = this.quantity.plus(lot.quantity);
    this.basis = this.basis.plus(lot.basis);
    this.fee = this.fee.plus(lot.fee);
  }

  /** Takes units out by the method, named lots first. */
  take(quantity: Decimal, lotIds: readonly string[] = []): Lot[] {
    const taken: Lot[] = [];
    const named = [...lotIds];
    let left = quantity;
    while (left.greaterThan(0)) {
      const index = this.next(named);
      const lot = this.lots[index];
      const units = Decimal.min(left, lot.quantity);
      const { method, quantity: all, basis: allBasis, fee: allFee } = this;
      const source = method === 'AVERAGE' ? { quantity: all, basis: allBasis, fee: allFee } : lot;
      const basis = shareOf(source.basis, units, source.quantity);
      const fee = shareOf(source.fee, units, source.quantity);
      taken.push({ ...lot, quantity: units, basis, fee });
      if (units.equals(lot.quantity)) this.lots.splice(index, 1);
      else
        this.lots[index] = {
          ...lot,
          quantity: lot.quantity.minus(units),
          basis: lot.basis.minus(basis),
          fee: lot.fee.minus(fee),
        };
      this.quantity = this.quantity.minus(units);
      this.basis = this.basis.minus(basis);
      this.fee = this.fee.minus(fee);
      left = left.minus(units);
    }
    if (this.lots.length === 0) this.side = 0;
    return taken;
  }

  /** Gives the position another number of units, spread over its lots; basis and dates stay. */
  rescale(total: Decimal): void {
    const before = this.quantity;
    if (before.isZero()) return;
    let given = ZERO;
    this.lots = this.lots.map((lot, index) => {
      const isLast = index === this.lots.length - 1;
      const quantity = isLast ? total.minus(given) : snap(shareOf(total, lot.quantity, before));
      given = given.plus(quantity);
      return { ...lot, quantity };
    });
    this.quantity = total;
  }

  /** Takes cash off the basis by units; gives what went beyond the basis of each lot. */
  reduceBasis(cash: Decimal): { lot: Lot; excess: Decimal }[] {
    this.settle();
    const excesses: { lot: Lot; excess: Decimal }[] = [];
    let left = cash;
    this.lots = this.lots.map((lot, index) => {
      const part = index === this.lots.length - 1 ? left : shareOf(cash, lot.quantity, this.quantity);
      left = left.minus(part);
      const basis = lot.basis.minus(part);
      if (!basis.isNegative()) return { ...lot, basis };
      excesses.push({ lot, excess: basis.negated() });
      return { ...lot, basis: ZERO };
    });
    this.basis = this.lots.reduce((total, lot) => total.plus(lot.basis), ZERO);
    return excesses;
  }

  /** Moves a fraction of the basis into lots of another instrument, `units` in all, with the dates of these. */
  splitBasis(fraction: Decimal, units: Decimal): Lot[] {
    this.settle();
    let given = ZERO;
    const moved = this.lots.map((lot, index) => {
      const isLast = index === this.lots.length - 1;
      const quantity = isLast ? units.minus(given) : shareOf(units, lot.quantity, this.quantity);
      given = given.plus(quantity);
      return {
        ...lot,
        quantity,
        basis: lot.basis.times(fraction).toDecimalPlaces(SHARE_DECIMALS),
        fee: ZERO,
      };
    });
    this.lots = this.lots.map((lot, index) => ({ ...lot, basis: lot.basis.minus(moved[index].basis) }));
    this.basis = this.lots.reduce((total, lot) => total.plus(lot.basis), ZERO);
    return moved.filter(({ quantity }) => quantity.greaterThan(0));
  }

  /** What is open. */
  open(): OpenLot[] {
    this.settle();
    const { accountId, instrumentId } = this;
    const side = this.side < 0 ? 'SHORT' : 'LONG';
    return this.lots.map((lot) => ({ ...lot, accountId, instrumentId, side }));
  }

  /** Where the average counts, lots hold their own cost until this spreads the average over them. */
  private settle(): void {
    if (this.method !== 'AVERAGE') return;
    let [basis, fee] = [this.basis, this.fee];
    this.lots = this.lots.map((lot, index) => {
      const isLast = index === this.lots.length - 1;
      const part = isLast ? basis : shareOf(this.basis, lot.quantity, this.quantity);
      const partFee = isLast ? fee : shareOf(this.fee, lot.quantity, this.quantity);
      [basis, fee] = [basis.minus(part), fee.minus(partFee)];
      return { ...lot, basis: part, fee: partFee };
    });
  }

  /** The place of the lot to take from next. */
  private next(named: string[]): number {
    while (named.length > 0) {
      const place = this.lots.findIndex(({ id }) => id === named[0]);
      if (place >= 0) return place;
      named.shift();
    }
    if (this.method === 'LIFO') return this.lots.length - 1;
    if (this.method !== 'HIFO' && this.method !== 'LOFO') return 0;
    const isHighestFirst = (this.method === 'HIFO') === this.side > 0;
    let best = 0;
    for (let index = 1; index < this.lots.length; index += 1) {
      // Compared as cost times the other's units, which needs no division.
      const own = this.lots[index].basis.times(this.lots[best].quantity);
      const other = this.lots[best].basis.times(this.lots[index].quantity);
      if (isHighestFirst ? own.greaterThan(other) : own.lessThan(other)) best = index;
    }
    return best;
  }
}
