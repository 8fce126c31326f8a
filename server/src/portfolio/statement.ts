import { type Decimal, ZERO } from '../platform/decimal.ts';
import type { PortfolioState, PricedHolding } from './portfolio.service.ts';

/** The totals of a portfolio at a time, all amounts exact. */
export interface Statement {
  readonly equity: Decimal;
  readonly marketValue: Decimal;
  readonly grossExposure: Decimal;
  readonly unrealisedProfit: Decimal;
  readonly realisedProfit: Decimal;
  readonly fees: Decimal;
  readonly dividends: Decimal;
  readonly interest: Decimal;
  readonly taxes: Decimal;
  readonly dayChange: Decimal;
}

/** Signed units times price. */
export function marketValueOf({ quantity, price }: PricedHolding): Decimal {
  return quantity.times(price);
}

/** Gain or loss still open: what it is worth less what it was opened for. */
export function unrealisedOf({ quantity, price, cost }: PricedHolding): Decimal {
  return quantity.times(price).minus(cost);
}

/** A fraction of two amounts; null where the whole is not positive. */
export function fractionOf(part: Decimal, whole: Decimal): number | null {
  return whole.greaterThan(0) ? part.div(whole).toNumber() : null;
}

/** Adds a portfolio up. */
export function statementOf({ holdings, cash, income }: PortfolioState): Statement {
  const sum = (of: (holding: PricedHolding) => Decimal) =>
    holdings.reduce((total, holding) => total.plus(of(holding)), ZERO);
  const marketValue = sum(marketValueOf);
  return {
    equity: cash.plus(marketValue),
    marketValue,
    grossExposure: sum((holding) => marketValueOf(holding).abs()),
    unrealisedProfit: sum(unrealisedOf),
    realisedProfit: sum(({ realisedProfit }) => realisedProfit),
    fees: sum(({ fees }) => fees).plus(income.fees),
    dividends: income.dividends,
    interest: income.interest,
    taxes: income.taxes,
    dayChange: sum(({ quantity, price, previousPrice }) =>
      previousPrice ? quantity.times(price.minus(previousPrice)) : ZERO,
    ),
  };
}
