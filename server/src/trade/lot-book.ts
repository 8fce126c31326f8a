import { Decimal, ZERO } from '../platform/decimal.ts';
import type { LotMethod } from './lots.ts';

/** A part of a position on its way: units, what they were opened for, and the fees of opening. */
export interface Lot {
  readonly id: string;
  /** The first lot since the position was flat: lots of one round trip share it. */
  readonly tripId: string;
  readonly openedMs: number;
  readonly quantity: Decimal;
  /** In the base currency of the portfolio, as all amounts but the quoted ones. */
  readonly basis: Decimal;
  /** The same in the currency that the instrument is quoted in; the same object where that is the base currency. */
  readonly quoteBasis: Decimal;
  readonly fee: Decimal;
}

/** A part of a position that is still open. */
export interface OpenLot extends Lot {
  readonly accountId: string;
  readonly instrumentId: string;
  readonly side: 'LONG' | 'SHORT';
  /** Where the quoted basis is an average: what was paid for this lot itself. */
  readonly quotePaid?: Decimal;
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
  /** The same in the currency that the instrument is quoted in. */
  readonly quoteEntryValue: Decimal;
  readonly quoteExitValue: Decimal;
  /** Where the quoted entry value is an average: what was paid for these units themselves. */
  readonly quotePaid?: Decimal;
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
  return amount.times(part).divideTo(total, SHARE_DECIMALS);
}

/** An amount in the base currency and in the instrument's; the same object where those are the same. */
export interface Worth {
  readonly base: Decimal;
  readonly quote: Decimal;
}

/** The share of an amount that falls to a part of a quantity, in both currencies. */
export function partOf({ base, quote }: Worth, part: Decimal, total: Decimal): Worth {
  const share = shareOf(base, part, total);
  return { base: share, quote: base === quote ? share : shareOf(quote, part, total) };
}

/** One amount less another, in both currencies. */
export function lessWorth({ base, quote }: Worth, taken: Worth): Worth {
  const left = base.minus(taken.base);
  return {
    base: left,
    quote: base === quote && taken.base === taken.quote ? left : quote.minus(taken.quote),
  };
}

/** An amount with the other sign, in both currencies. */
export function negated({ base, quote }: Worth): Worth {
  const other = base.negated();
  return { base: other, quote: base === quote ? other : quote.negated() };
}

/** What is left of two amounts that are the same object where their currencies are the same. */
function lessQuote(
  { basis, quoteBasis }: Pick<Lot, 'basis' | 'quoteBasis'>,
  left: Decimal,
  taken: Decimal,
): Decimal {
  return basis === quoteBasis ? left : quoteBasis.minus(taken);
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
  private quoteBasis: Decimal = ZERO;
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
    const isSame = this.basis === this.quoteBasis && lot.basis === lot.quoteBasis;
    this.basis = this.basis.plus(lot.basis);
    this.quoteBasis = isSame ? this.basis : this.quoteBasis.plus(lot.quoteBasis);
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
      const source = this.method === 'AVERAGE' ? this.whole() : lot;
      const basis = shareOf(source.basis, units, source.quantity);
      const isSame = source.basis === source.quoteBasis;
      const quoteBasis = isSame ? basis : shareOf(source.quoteBasis, units, source.quantity);
      const fee = shareOf(source.fee, units, source.quantity);
      taken.push({ ...lot, quantity: units, basis, quoteBasis, fee });
      if (units.equals(lot.quantity)) this.lots.splice(index, 1);
      else {
        const left = lot.basis.minus(basis);
        this.lots[index] = {
          ...lot,
          quantity: lot.quantity.minus(units),
          basis: left,
          quoteBasis: lessQuote(lot, left, quoteBasis),
          fee: lot.fee.minus(fee),
        };
      }
      this.quantity = this.quantity.minus(units);
      const leftOfAll = this.basis.minus(basis);
      this.quoteBasis = lessQuote(this.whole(), leftOfAll, quoteBasis);
      this.basis = leftOfAll;
      this.fee = this.fee.minus(fee);
      left = left.minus(units);
    }
    if (this.lots.length === 0) {
      this.side = 0;
      // Nothing is left of an unknown amount either.
      [this.basis, this.quoteBasis, this.fee] = [ZERO, ZERO, ZERO];
    }
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

  /**
   * Takes cash off the basis by units; gives what went beyond the basis of each lot. Where the basis in
   * the base currency is used up the quoted one is too.
   */
  reduceBasis(cash: Worth): { lot: Lot; excess: Worth }[] {
    this.settle();
    const excesses: { lot: Lot; excess: Worth }[] = [];
    let left = cash;
    this.lots = this.lots.map((lot, index) => {
      const part = index === this.lots.length - 1 ? left : partOf(cash, lot.quantity, this.quantity);
      left = lessWorth(left, part);
      const after = lessWorth({ base: lot.basis, quote: lot.quoteBasis }, part);
      if (!after.base.isNegative()) return { ...lot, basis: after.base, quoteBasis: after.quote };
      excesses.push({ lot, excess: negated(after) });
      return { ...lot, basis: ZERO, quoteBasis: ZERO };
    });
    this.total();
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
      const basis = lot.basis.times(fraction).toDecimalPlaces(SHARE_DECIMALS);
      const isSame = lot.basis === lot.quoteBasis;
      const quoteBasis = isSame ? basis : lot.quoteBasis.times(fraction).toDecimalPlaces(SHARE_DECIMALS);
      return { ...lot, quantity, basis, quoteBasis, fee: ZERO };
    });
    this.lots = this.lots.map((lot, index) => {
      const left = lot.basis.minus(moved[index].basis);
      return { ...lot, basis: left, quoteBasis: lessQuote(lot, left, moved[index].quoteBasis) };
    });
    this.total();
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
    const all = { base: this.basis, quote: this.quoteBasis };
    let [left, fee] = [all as Worth, this.fee];
    this.lots = this.lots.map((lot, index) => {
      const isLast = index === this.lots.length - 1;
      const part = isLast ? left : partOf(all, lot.quantity, this.quantity);
      const partFee = isLast ? fee : shareOf(this.fee, lot.quantity, this.quantity);
      [left, fee] = [lessWorth(left, part), fee.minus(partFee)];
      return { ...lot, basis: part.base, quoteBasis: part.quote, fee: partFee };
    });
  }

  private whole(): Pick<Lot, 'quantity' | 'basis' | 'quoteBasis' | 'fee'> {
    const { quantity, basis, quoteBasis, fee } = this;
    return { quantity, basis, quoteBasis, fee };
  }

  /** Adds the basis of the lots up anew. */
  private total(): void {
    const isSame = this.lots.every((lot) => lot.basis === lot.quoteBasis);
    this.basis = this.lots.reduce((total, lot) => total.plus(lot.basis), ZERO);
    this.quoteBasis = isSame
      ? this.basis
      : this.lots.reduce((total, lot) => total.plus(lot.quoteBasis), ZERO);
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
