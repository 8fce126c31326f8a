import type { CostModel } from '../service/contract.ts';
import { type Lots, toLots } from './lots.ts';

/** The part of the equity that a change of what is held has to reach: less is what rounding has left. */
export const NEGLIGIBLE = 1e-9;

/** What a fill of `quantity` units at `price` costs in commission: the parts added, at least the minimum. */
export function feeOf(costs: CostModel, quantity: number, price: number): number {
  if (quantity === 0) return 0;
  const parts =
    costs.commissionPerTrade +
    costs.commissionPerShare * quantity +
    (costs.commissionBps / 10_000) * quantity * price;
  return Math.max(costs.commissionMinimum, parts);
}

/** How much worse than its price a market order fills: the slippage and half the spread. */
export function marketBps({ slippageBps, spreadBps = 0 }: CostModel): number {
  return slippageBps + spreadBps / 2;
}

/** The price a market order gets: `price` worsened by slippage and spread; `side` is +1 to buy, -1 to sell. */
export function slippedPrice(costs: CostModel, price: number, side: number): number {
  return price * (1 + (side * marketBps(costs)) / 10_000);
}

const YEAR_MS = 365 * 86_400_000;

/**
 * What an account earns (negative: pays) on its cash while it is short by `shortValue`: the proceeds of a
 * short sale are collateral and earn nothing.
 */
export function interestOf(
  { borrowRate = 0, cashRate = 0 }: CostModel,
  { cash, shortValue }: { readonly cash: number; readonly shortValue: number },
  elapsedMs: number,
): number {
  if (borrowRate === 0 && cashRate === 0) return 0;
  const ownCash = cash - shortValue;
  const perYear = (ownCash > 0 ? cashRate : borrowRate) * ownCash - borrowRate * shortValue;
  return (perYear * elapsedMs) / YEAR_MS;
}

/**
 * The most units at `price` that `cash` pays for, commission included; 0 when not even one lot. Of their
 * value only the part 1 / `leverage` is paid, the rest is borrowed. Whole lots may cost more than `cash` by
 * the rounding that lots allow.
 */
export function affordableQuantity(
  costs: CostModel,
  cash: number,
  price: number,
  lots: Lots | null,
  leverage = 1,
): number {
  const margin = price / leverage;
  const unitCost = price * (1 / leverage + costs.commissionBps / 10_000) + costs.commissionPerShare;
  let quantity = toLots(Math.max(0, cash - costs.commissionPerTrade) / unitCost, lots);
  if (quantity * margin + feeOf(costs, quantity, price) > cash && costs.commissionMinimum > 0) {
    quantity = Math.min(quantity, toLots(Math.max(0, cash - costs.commissionMinimum) / margin, lots));
  }
  return quantity;
}
