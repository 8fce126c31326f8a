import { type Decimal, ZERO } from '../platform/decimal.ts';
import { effectsOf, type GainEffects, sumEffects } from './effects.ts';
import type { PortfolioState, PricedBalance, PricedHolding } from './portfolio-state.ts';

/** The totals of a portfolio at a time in the base currency, all amounts exact. */
export interface Statement {
  readonly equity: Decimal;
  readonly marketValue: Decimal;
  readonly grossExposure: Decimal;
  readonly unrealisedProfit: Decimal;
  readonly realisedProfit: Decimal;
  /** What the change of rates made of cash. */
  readonly cashProfit: Decimal;
  readonly fees: Decimal;
  readonly dividends: Decimal;
  readonly interest: Decimal;
  readonly taxes: Decimal;
  readonly adjustments: Decimal;
  readonly dayChange: Decimal;
}

/** Signed units times price, in the base currency. */
export function marketValueOf({ quantity, price, baseRate }: PricedHolding): Decimal {
  // Nothing needs no rate.
  return quantity.isZero() ? ZERO : quantity.times(price).times(baseRate);
}

/** Gain or loss still open: what it is worth less what it was opened for. */
export function unrealisedOf(holding: PricedHolding): Decimal {
  return marketValueOf(holding).minus(holding.cost);
}

/** The same by what made it. */
export function unrealisedEffectsOf(holding: PricedHolding): GainEffects {
  const { cost, quoteCost, quantity, price } = holding;
  const value = marketValueOf(holding);
  const quote = cost === quoteCost ? value : quantity.times(price);
  return effectsOf({ base: cost, quote: quoteCost }, { base: value, quote });
}

/** What the change of its rate made of cash: its value less the worth of its moves when they came. */
export function cashProfitOf({ value, cost }: PricedBalance): Decimal {
  return value.minus(cost);
}

/** All gains of positions and cash, closed and open, by what made them. */
export function allEffectsOf({ holdings, balances }: PortfolioState): GainEffects {
  return sumEffects([
    ...holdings.flatMap((holding) => [unrealisedEffectsOf(holding), holding.realisedEffects]),
    ...balances.map((balance) => ({ price: ZERO, currency: cashProfitOf(balance), cross: ZERO })),
  ]);
}

/** A fraction of two amounts; null where the whole is not positive or one is not known. */
export function fractionOf(part: Decimal, whole: Decimal): number | null {
  return whole.greaterThan(0) && !part.isNaN() ? part.div(whole).toNumber() : null;
}

/** Adds a portfolio up. */
export function statementOf({ holdings, balances, cash, income }: PortfolioState): Statement {
  const sum = (of: (holding: PricedHolding) => Decimal) =>
    holdings.reduce((total, holding) => total.plus(of(holding)), ZERO);
  const marketValue = sum(marketValueOf);
  return {
    equity: cash.plus(marketValue),
    marketValue,
    grossExposure: sum((holding) => marketValueOf(holding).abs()),
    unrealisedProfit: sum(unrealisedOf),
    realisedProfit: sum(({ realisedProfit }) => realisedProfit),
    cashProfit: balances.reduce((total, balance) => total.plus(cashProfitOf(balance)), ZERO),
    fees: sum(({ fees }) => fees).plus(income.fees),
    dividends: income.dividends,
    interest: income.interest,
    taxes: income.taxes,
    adjustments: income.adjustments,
    dayChange: sum(dayChangeOf),
  };
}

/** The change of its value from the price before, at the units held now; nothing where there is none. */
export function dayChangeOf(holding: PricedHolding): Decimal {
  const { quantity, previousPrice, previousBaseRate } = holding;
  if (!previousPrice || quantity.isZero()) return ZERO;
  return marketValueOf(holding).minus(quantity.times(previousPrice).times(previousBaseRate));
}
