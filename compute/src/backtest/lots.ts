/** The smallest quantity that is traded: `numerator / denominator` units. */
export interface Lots {
  /** The lots of a unit, and a little more: what is short of whole lots by rounding alone has them. */
  readonly perUnit: number;
  readonly numerator: number;
  readonly denominator: number;
}

/** What a quantity may be short of whole lots by rounding, as a part of it: 32 times half a unit in the last place. */
export const ROUNDING = 2 ** -48;
/** The largest power of ten that is a double. */
const DECIMALS_MAXIMUM = 22;
/** Doubles that are larger cannot tell one lot from its neighbours. */
const COUNT_MAXIMUM = 2 ** 50;

/** Lots of this many units; null for 0, which allows any fraction. Those of a decimal are counted in it: 3 of 0.1 are 0.3. */
export function lotsOf(lotSize: number): Lots | null {
  if (!(lotSize > 0)) return null;
  for (let decimals = 0; decimals <= DECIMALS_MAXIMUM; decimals += 1) {
    const denominator = Number(`1e${decimals}`);
    const numerator = Math.round(lotSize * denominator);
    if (numerator / denominator === lotSize) return fraction(numerator, denominator);
  }
  return fraction(lotSize, 1);
}

function fraction(numerator: number, denominator: number): Lots {
  return { perUnit: (denominator / numerator) * (1 + ROUNDING), numerator, denominator };
}

/** `quantity`, at least 0, rounded down to whole lots; up to what it is short of them by rounding. */
export function toLots(quantity: number, lots: Lots | null): number {
  if (lots === null) return quantity;
  return (Math.floor(quantity * lots.perUnit) * lots.numerator) / lots.denominator;
}

/** `quantity`, at least 0, rounded down to whole lots, however little it is short of more. */
export function lotsWithin(quantity: number, lots: Lots | null): number {
  if (lots === null) return quantity;
  return (Math.floor((quantity * lots.denominator) / lots.numerator) * lots.numerator) / lots.denominator;
}

/** `quantity`, a sum or a difference of whole lots, without what rounding has made of it. */
export function wholeLots(quantity: number, lots: Lots | null): number {
  if (lots === null) return quantity;
  const count = (quantity * lots.denominator) / lots.numerator;
  if (Math.abs(count) > COUNT_MAXIMUM) return quantity;
  return (Math.round(count) * lots.numerator) / lots.denominator;
}

/** The units held after `change`, both whole lots. */
export function heldAfter(units: number, change: number, lots: Lots | null): number {
  return units === 0 ? change : wholeLots(units + change, lots);
}
