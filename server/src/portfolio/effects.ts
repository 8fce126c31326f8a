import { type Decimal, ONE, ZERO } from '../platform/decimal.ts';

/**
 * A gain in the base currency by what made it. The price effect is the gain in the instrument's own
 * currency at the rate of its cost; the currency effect is the change of the rate on that cost; the cross
 * term is the change of the rate on the gain. They add up to the gain, to the last digit.
 */
export interface GainEffects {
  readonly price: Decimal;
  readonly currency: Decimal;
  readonly cross: Decimal;
}

/** No gain. */
export const NO_EFFECTS: GainEffects = { price: ZERO, currency: ZERO, cross: ZERO };

const EFFECT_DECIMALS = 18;

/** An amount in the base currency, and the same in the instrument's own. */
interface Amounts {
  readonly base: Decimal;
  readonly quote: Decimal;
}

/**
 * The effects of a gain from `before` to `after`. Where nothing was paid (received) the rate of the other
 * side counts for both, so that all of the gain is of the price.
 */
export function effectsOf(before: Amounts, after: Amounts): GainEffects {
  const gain = after.base.minus(before.base);
  if (before.base === before.quote && after.base === after.quote)
    return { price: gain, currency: ZERO, cross: ZERO };
  const rateOf = ({ base, quote }: Amounts) => (quote.isZero() ? null : base.div(quote));
  const rateBefore = rateOf(before) ?? rateOf(after) ?? ONE;
  const price = after.quote.minus(before.quote).times(rateBefore).toDecimalPlaces(EFFECT_DECIMALS);
  const rateAfter = rateOf(after) ?? rateBefore;
  const currency = before.quote.times(rateAfter).minus(before.base).toDecimalPlaces(EFFECT_DECIMALS);
  return { price, currency, cross: gain.minus(price).minus(currency) };
}

/** Several gains as one. */
export function sumEffects(all: readonly GainEffects[]): GainEffects {
  const sum = (of: (one: GainEffects) => Decimal) => all.reduce((total, one) => total.plus(of(one)), ZERO);
  return {
    price: sum((one) => one.price),
    currency: sum((one) => one.currency),
    cross: sum((one) => one.cross),
  };
}

/** The effects of a short position: what a long one loses. */
export function negatedEffects({ price, currency, cross }: GainEffects): GainEffects {
  return { price: price.negated(), currency: currency.negated(), cross: cross.negated() };
}
