import { Decimal } from 'decimal.js';
import type { PortfolioState, PricedHolding } from './portfolio.service.ts';

/** The totals of a portfolio at a time, all amounts exact. */
export interface Statement {
  readonly equity: Decimal;
  readonly marketValue: Decimal;
  readonly grossExposure: Decimal;
  readonly unrealisedProfit: Decimal;
  readonly realisedProfit: Decimal;
  readonly fees: Decimal;
  readonly dayChange: Decimal;
}

/** Signed units times price. */
export function marketValueOf({ quantity, price }: PricedHolding): Decimal {
  return quantity.times(price);
}

/** Gain or loss still open: signed units times the distance from the average cost. */
export function unrealisedOf({ quantity, price, averageCost }: PricedHolding): Decimal {
  return quantity.times(price.minus(averageCost));
}

/** A fraction of two amounts; null where the whole is not positive. */
export function fractionOf(part: Decimal, whole: Decimal): number | null {
  return whole.greaterThan(0) ? part.div(whole).toNumber() : null;
}

/** Adds a portfolio up. */
export function statementOf({ holdings, cash }: PortfolioState): Statement {
  const sum = (of: (holding: PricedHolding) => Decimal) =>
    holdings.reduce((total, holding) => total.plus(of(holding)), new Decimal(0));
  const marketValue = sum(marketValueOf);
  return {
    equity: cash.plus(marketValue),
    marketValue,
    grossExposure: sum((holding) => marketValueOf(holding).abs()),
    unrealisedProfit: sum(unrealisedOf),
    realisedProfit: sum(({ realisedProfit }) => realisedProfit),
    fees: sum(({ fees }) => fees),
    dayChange: sum(({ quantity, price, previousPrice }) =>
      previousPrice ? quantity.times(price.minus(previousPrice)) : new Decimal(0),
    ),
  };
}
