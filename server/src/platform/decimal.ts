import { Decimal as Base } from 'decimal.js';

/**
 * Exact decimals: 80 significant digits, so that the product of two amounts of the ledger (38 digits
 * each) loses none.
 */
export const Decimal = Base.clone({ precision: 80, rounding: Base.ROUND_HALF_EVEN });
export type Decimal = Base;

/** Nothing. */
export const ZERO: Decimal = new Decimal(0);

/** One. */
export const ONE: Decimal = new Decimal(1);

/** An amount as text with at most so many decimals; null for one that is not known. */
export function amountText(value: Decimal, decimals = 18): string | null {
  return value.isNaN() ? null : value.toDecimalPlaces(decimals).toFixed();
}
